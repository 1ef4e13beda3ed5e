//! Engines behind `ssh://`: as the Docker command line does, `ssh` runs `docker system dial-stdio` on the other machine,
//! which connects its standard streams with the engine there.

use std::{
    ffi::OsString,
    io,
    pin::Pin,
    process::Stdio,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::tunnel::TunnelError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SshAddress {
    user: Option<String>,
    host: String,
    port: Option<u16>,
    /// Where the socket is on the other machine, if not where it usually is.
    socket: Option<String>,
    /// Where `ssh` is looked for.
    pub(crate) path: Option<OsString>,
}

/// Ends `ssh` when it is dropped.
pub(crate) struct SshStream {
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
    child: Option<Child>,
    has_answered: bool,
    /// Set when `ssh` has closed its output before it gave any.
    ending: Option<Pin<Box<dyn Future<Output = io::Error> + Send>>>,
}

const CONNECT_TIMEOUT_SECONDS: u32 = 30;
/// Of the words of `ssh`, which can be a whole notice of the other machine.
const LONGEST_WORDS: u64 = 4096;
/// What a shell says of a program that it does not find.
const NOT_FOUND: i32 = 127;

impl SshAddress {
    /// `rest` is what follows `ssh://`.
    pub(crate) fn parse(rest: &str) -> Result<SshAddress, String> {
        let (authority, socket) = match rest.find('/') {
            Some(slash) => (&rest[..slash], Some(&rest[slash..]).filter(|path| *path != "/")),
            None => (rest, None),
        };
        if rest.contains(['?', '#']) {
            return Err("an ssh:// address has neither `?` nor `#`".to_owned());
        }
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err("an ssh:// address must not have a password in it; use a key".to_owned());
        }
        let (host, port) = match (place.strip_prefix('['), place.rsplit_once(':')) {
            (Some(six), _) => {
                let (host, port) = six.split_once(']').ok_or("its host begins with `[` and does not end with `]`")?;
                (host, port.strip_prefix(':'))
            }
            (None, Some((host, port))) => (host, Some(port)),
            (None, None) => (place, None),
        };
        let port = port.map(|port| port.parse().map_err(|_| format!("`{port}` is no port"))).transpose()?;
        let is_word = |text: &str, more: &[u8]| {
            !text.is_empty()
                && !text.starts_with('-')
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
        };
        if !is_word(host, b"._-:%") {
            return Err(format!("`{host}` is no name of a machine"));
        }
        if let Some(user) = user.filter(|user| !is_word(user, b"._-@\\+$")) {
            return Err(format!("`{user}` is no name of a user"));
        }
        // A shell on the other machine reads it.
        if let Some(socket) = socket.filter(|socket| !is_word(socket, b"/._-")) {
            return Err(format!("the socket's path `{socket}` has characters other than letters, digits and `/._-`"));
        }
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Ok(SshAddress { user: owned(user), host: host.to_owned(), port, socket: owned(socket), path: None })
    }

    fn arguments(&self) -> Vec<String> {
        // Nobody could answer a question: the terminal is not `ssh`'s.
        let mut words = vec![
            "-o".to_owned(),
            format!("ConnectTimeout={CONNECT_TIMEOUT_SECONDS}"),
            "-o".to_owned(),
            "BatchMode=yes".to_owned(),
        ];
        words.push("-T".to_owned());
        if let Some(user) = &self.user {
            words.extend(["-l".to_owned(), user.clone()]);
        }
        if let Some(port) = self.port {
            words.extend(["-p".to_owned(), port.to_string()]);
        }
        words.extend(["--".to_owned(), self.host.clone(), "docker".to_owned()]);
        if let Some(socket) = &self.socket {
            words.extend(["--host".to_owned(), format!("unix://{socket}")]);
        }
        words.extend(["system".to_owned(), "dial-stdio".to_owned()]);
        words
    }

    pub(crate) fn connect(&self) -> io::Result<SshStream> {
        let mut command = Command::new("ssh");
        command.args(self.arguments()).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(path) = &self.path {
            command.env("PATH", path);
        }
        // Ctrl-C is for us: what is to happen to the container, the engine must be told through `ssh`.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| {
            let words = match error.kind() {
                io::ErrorKind::NotFound => "there is no program `ssh` in PATH; install an OpenSSH client".to_owned(),
                _ => format!("`ssh` cannot be run: {error}"),
            };
            TunnelError(words).into_io()
        })?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(TunnelError("`ssh` has no standard streams".to_owned()).into_io());
        };
        Ok(SshStream { stdin: Some(stdin), stdout, child: Some(child), has_answered: false, ending: None })
    }
}

/// Why there is no answer, from the end of `ssh` and what it said.
async fn ending_of(mut child: Child) -> io::Error {
    let mut words = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let _ = stderr.take(LONGEST_WORDS).read_to_end(&mut words).await;
    }
    let words = String::from_utf8_lossy(&words);
    let words: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let words = if words.is_empty() { "it says nothing".to_owned() } else { words.join("; ") };
    let code = child.wait().await.ok().and_then(|status| status.code());
    let ending = match code {
        Some(code) => format!("ended with exit code {code}"),
        None => "was ended by a signal".to_owned(),
    };
    let advice = match code {
        Some(NOT_FOUND) => "; the other machine needs the program `docker`, version 18.09 or newer",
        _ if words.contains("Permission denied") => {
            "; log in with a key that needs no passphrase, or that `ssh-agent` has"
        }
        _ if words.contains("Host key verification failed") => "; connect once with `ssh`, to confirm whose key it is",
        _ => "",
    };
    TunnelError(format!("`ssh` {ending}: {words}{advice}")).into_io()
}

impl AsyncRead for SshStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(ending) = &mut this.ending {
            return ending.as_mut().poll(context).map(Err);
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stdout).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            this.has_answered = true;
        } else if !this.has_answered
            && let Some(child) = this.child.take()
        {
            let mut ending: Pin<Box<dyn Future<Output = io::Error> + Send>> = Box::pin(ending_of(child));
            let answer = ending.as_mut().poll(context).map(Err);
            this.ending = Some(ending);
            return answer;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for SshStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Some(stdin) = &mut self.get_mut().stdin else {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        };
        match Pin::new(stdin).poll_write(context, bytes) {
            // Why `ssh` listens no more, its end will tell, and that is read.
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => Poll::Ready(Ok(bytes.len())),
            answer => answer,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stdin {
            Some(stdin) => Pin::new(stdin).poll_flush(context),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Closes it.
        self.get_mut().stdin = None;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rest: &str, arguments: &str) {
        let address = SshAddress::parse(rest).expect(rest);
        let expected = format!("-o ConnectTimeout=30 -o BatchMode=yes -T {arguments}");
        assert_eq!(address.arguments().join(" "), expected);
    }

    #[test]
    fn addresses_become_arguments() {
        check("far", "-- far docker system dial-stdio");
        check("me@far.example.com:2222", "-l me -p 2222 -- far.example.com docker system dial-stdio");
        check("me@[fe80::1%eth0]:22/", "-l me -p 22 -- fe80::1%eth0 docker system dial-stdio");
        check("far/run/user/1/d.sock", "-- far docker --host unix:///run/user/1/d.sock system dial-stdio");
    }

    #[test]
    fn addresses_that_are_none() {
        for (rest, words) in [
            ("", "`` is no name of a machine"),
            ("-oProxyCommand=x", "is no name of a machine"),
            ("me:word@far", "must not have a password"),
            ("far:port", "`port` is no port"),
            ("far?x", "neither `?` nor `#`"),
            ("far/a b", "the socket's path"),
            ("far/$(x)", "the socket's path"),
            ("[::1", "does not end with `]`"),
            ("a;b@far", "no name of a user"),
        ] {
            let problem = SshAddress::parse(rest).expect_err(rest);
            assert!(problem.contains(words), "{rest}: {problem}");
        }
    }
}
