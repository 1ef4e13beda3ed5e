-- What a user sees in Neovim: diagnostics, completion, a hover, a name changed in two files.
local patience = 60000

local function fail(message)
  io.stderr:write(message .. "\n")
  vim.cmd("cquit 1")
end

local function wait_for(what, condition)
  if not vim.wait(patience, condition, 20) then
    fail("waited in vain: " .. what)
  end
end

local function text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end

local function main()
  vim.cmd("edit task.json")
  local task = vim.api.nvim_get_current_buf()
  local client = vim.lsp.start_client({
    name = "task-api",
    cmd = { vim.env.TASK_API, "lsp" },
    root_dir = vim.fn.getcwd(),
  })
  vim.lsp.buf_attach_client(task, client)

  -- A wrong type is shown at its line, and gone when it is mended by typing.
  wait_for("a diagnostic", function() return #vim.diagnostic.get(task) > 0 end)
  local found = vim.diagnostic.get(task)[1]
  if found.lnum ~= 1 or found.code ~= "wrong-type" or found.source ~= "task-api" then
    fail("another diagnostic: " .. vim.inspect(found))
  end
  vim.api.nvim_buf_set_lines(task, 1, 2, false, { '  "name": "näme 😀",' })
  wait_for("no diagnostic", function() return #vim.diagnostic.get(task) == 0 end)

  -- Templates of the container are offered.
  vim.api.nvim_buf_set_lines(task, 3, 4, false, { '  "taskTemplate": "",' })
  vim.api.nvim_win_set_cursor(0, { 4, 19 })
  local params = vim.lsp.util.make_position_params(0, "utf-16")
  local answers = vim.lsp.buf_request_sync(task, "textDocument/completion", params, patience)
  local items = vim.lsp.util.extract_completion_items(answers[client].result)
  local offered = false
  for _, item in ipairs(items) do
    offered = offered or item.label:find("segment", 1, true) ~= nil
  end
  if not offered then
    fail("the template is not offered: " .. vim.inspect(items))
  end
  vim.api.nvim_buf_set_lines(task, 3, 4, false, { '  "taskTemplate": "segment",' })

  -- What the channel is, and where it is declared.
  vim.fn.search('"images"')
  vim.fn.cursor(0, vim.fn.col(".") + 2)
  params = vim.lsp.util.make_position_params(0, "utf-16")
  answers = vim.lsp.buf_request_sync(task, "textDocument/hover", params, patience)
  local hover = answers[client].result and answers[client].result.contents.value or ""
  if not hover:find("/data/images", 1, true) then
    fail("another hover: " .. hover)
  end

  -- Another name, in the task and in the container, which is not open.
  vim.lsp.buf.rename("scans")
  local container = vim.fn.bufadd("processing-container.json")
  wait_for("the new name", function()
    return text(task):find('"scans"', 1, true) and text(container):find('"scans"', 1, true)
  end)
  if text(container):find('"images"', 1, true) or not text(container):find("/data/images", 1, true) then
    fail("another change: " .. text(container))
  end
  wait_for("no diagnostic after the renaming", function() return #vim.diagnostic.get(task) == 0 end)

  vim.lsp.stop_client(client)
  wait_for("the end", function() return vim.lsp.get_client_by_id(client) == nil or vim.lsp.client_is_stopped(client) end)
  io.stderr:write("all seen\n")
  vim.cmd("qall!")
end

local ok, message = pcall(main)
if not ok then
  fail(tostring(message))
end
