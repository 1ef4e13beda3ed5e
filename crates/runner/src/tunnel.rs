//! Connections to engines on other machines, by TLS or ssh, for `bollard` to speak HTTP through.

use std::{
    collections::HashMap,
    fmt, io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    thread::ThreadId,
};

use bollard::{BollardRequest, Docker, errors::Error as ClientError};
use hyper::Uri;
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connected, Connection},
    },
    rt::{TokioExecutor, TokioIo},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use crate::{
    ssh::{SshAddress, SshStream},
    tls::TlsClient,
};

/// How an engine is reached.
#[derive(Clone)]
pub(crate) enum Reach {
    Tls(Arc<TlsClient>),
    Ssh(Arc<SshAddress>),
}

/// Why a connection failed, in words that need no explanation by the layers above.
#[derive(Debug)]
pub(crate) struct TunnelError(pub(crate) String);

enum Tunnel {
    Tls { stream: Box<TlsStream<TcpStream>>, client: Arc<TlsClient> },
    Ssh(Box<SshStream>),
}

/// What `hyper` asks for new connections.
#[derive(Clone)]
struct Dial(Reach);

/// `bollard` builds addresses from it; nothing else looks at it.
const NAME: &str = "http://engine";

/// A client that connects when it is first asked something.
pub(crate) fn open(reach: Reach, timeout_seconds: u64) -> Result<Docker, ClientError> {
    let clients = Mutex::new(HashMap::<ThreadId, Arc<_>>::new());
    // A connection that is kept lives on the thread that made it, and a thread that works must not wait for one that
    // is blocked. To begin anew by ssh takes long enough to keep connections.
    let transport = move |request: BollardRequest| {
        let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients
            .entry(std::thread::current().id())
            .or_insert_with(|| Arc::new(Client::builder(TokioExecutor::new()).build::<_, _>(Dial(reach.clone()))));
        let client = Arc::clone(client);
        async move { client.request(request).await.map_err(ClientError::from) }
    };
    Docker::connect_with_custom_transport(transport, Some(NAME), timeout_seconds, bollard::API_DEFAULT_VERSION)
}

/// The words of the tunnel, where it is what failed.
pub(crate) fn words(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(TunnelError(words)) = inner.downcast_ref::<TunnelError>()
        {
            return Some(words.clone());
        }
        cause = error.source();
    }
    None
}

impl tower_service::Service<Uri> for Dial {
    type Response = TokioIo<Tunnel>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Tunnel>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let reach = self.0.clone();
        Box::pin(async move {
            let tunnel = match reach {
                Reach::Tls(client) => Tunnel::Tls { stream: Box::new(client.connect().await?), client },
                Reach::Ssh(address) => Tunnel::Ssh(Box::new(address.connect()?)),
            };
            Ok(TokioIo::new(tunnel))
        })
    }
}

impl Connection for Tunnel {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Tunnel {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            // Of a certificate that it does not accept, an engine tells after the handshake.
            Tunnel::Tls { stream, client } => {
                Pin::new(stream).poll_read(context, buffer).map_err(|error| client.explain(error))
            }
            Tunnel::Ssh(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Tunnel {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Tunnel::Tls { stream, .. } => Pin::new(stream).poll_write(context, bytes),
            Tunnel::Ssh(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Tunnel::Tls { stream, .. } => Pin::new(stream).poll_flush(context),
            Tunnel::Ssh(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Tunnel::Tls { stream, .. } => Pin::new(stream).poll_shutdown(context),
            Tunnel::Ssh(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

impl TunnelError {
    pub(crate) fn into_io(self) -> io::Error {
        io::Error::other(self)
    }
}

impl fmt::Display for TunnelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TunnelError {}
