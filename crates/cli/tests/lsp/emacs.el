;;; What a user sees in Emacs with eglot: diagnostics, completion, a hover, a name changed in two files.  -*- lexical-binding: t -*-

(require 'package)
(package-initialize)
(require 'cl-lib)
(require 'js)
(require 'eglot)
(require 'flymake)

(defvar patience 60)

(defun wait-for (what condition)
  (let ((end (+ (float-time) patience)))
    (while (not (funcall condition))
      (when (> (float-time) end)
        (error "Waited in vain: %s" what))
      (accept-process-output nil 0.02))))

(defun found-in (buffer)
  "The findings that Flymake shows in BUFFER."
  (with-current-buffer buffer
    (flymake-diagnostics)))

(defun replace-once (old new)
  "Puts NEW in the place of OLD as somebody who types does, and leaves the cursor behind it."
  (goto-char (point-min))
  (search-forward old)
  (replace-match new t t)
  ;; Eglot waits for a pause before it tells the server.
  (eglot--signal-textDocument/didChange))

(let* ((root (file-name-as-directory (expand-file-name default-directory)))
       (project-find-functions (list (lambda (_) (cons 'transient root))))
       (eglot-server-programs `((js-mode . (,(getenv "TASK_API") "lsp"))))
       (eglot-sync-connect patience)
       (eglot-autoshutdown nil)
       (task (find-file-noselect "task.json"))
       (container (find-file-noselect "processing-container.json")))
  (with-current-buffer task
    (js-mode)
    (apply #'eglot--connect (eglot--guess-contact))
    (eglot--maybe-activate-editing-mode)
    (wait-for "a connection" #'eglot-current-server)
    (flymake-mode 1)

    ;; A wrong type is shown at its line, and gone when it is mended by typing.
    (flymake-start)
    (wait-for "a diagnostic" (lambda () (found-in task)))
    (let ((found (car (found-in task))))
      (unless (and (= (line-number-at-pos (flymake-diagnostic-beg found)) 2)
                   (string-match-p "wrong-type" (flymake-diagnostic-text found)))
        (error "Another diagnostic: %s" (flymake-diagnostic-text found))))
    (replace-once ": 7" ": \"näme 😀\"")
    (wait-for "no diagnostic" (lambda () (null (found-in task))))

    ;; Templates of the container are offered.
    (replace-once "\"segment\"" "\"\"")
    (backward-char)
    (let* ((completion (eglot-completion-at-point))
           (offered (all-completions "" (nth 2 completion))))
      (unless (cl-some (lambda (label) (string-match-p "segment" label)) offered)
        (error "The template is not offered: %S" offered)))
    (replace-once "\"taskTemplate\": \"\"" "\"taskTemplate\": \"segment\"")

    ;; What the channel is, and where it is declared.
    (goto-char (point-min))
    (search-forward "\"images")
    (backward-char 2)
    (let ((hover (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
      (unless (string-match-p "/data/images" (format "%S" hover))
        (error "Another hover: %S" hover)))

    ;; Another name, in the task and in the container.
    (cl-letf (((symbol-function 'y-or-n-p) (lambda (&rest _) t)))
      (eglot-rename "scans"))
    (dolist (buffer (list task container))
      (with-current-buffer buffer
        (let ((text (buffer-string)))
          (unless (and (string-match-p "\"scans\"" text) (not (string-match-p "\"images\"" text)))
            (error "Another change: %s" text)))))
    (eglot--signal-textDocument/didChange)
    (wait-for "no diagnostic after the renaming" (lambda () (null (found-in task))))
    (eglot-shutdown (eglot-current-server))))

(message "all seen")
