//! A socket in front of the engine's that loses connections, and remembers what was asked.

use std::{
    cell::Cell,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

pub(crate) struct Proxy {
    path: PathBuf,
    cuts: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Cuts the n-th connection to a container's output after n times so many bytes of answer.
    pub(crate) async fn listen(path: PathBuf, cut_logs_after: Option<usize>) -> Proxy {
        let cuts = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let proxy = Proxy { path: path.clone(), cuts: Arc::clone(&cuts), requests: Arc::clone(&requests) };
        // A thread of its own, so that it also serves while the test's thread is busy.
        let (ready, is_ready) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = UnixListener::bind(path).expect("a socket");
                ready.send(()).expect("somebody waits");
                while let Ok((client, _)) = listener.accept().await {
                    tokio::spawn(serve(client, cut_logs_after, Arc::clone(&cuts), Arc::clone(&requests)));
                }
            });
        });
        is_ready.recv().expect("listening");
        proxy
    }

    pub(crate) fn address(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    pub(crate) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }
}

async fn serve(
    client: UnixStream,
    cut_logs_after: Option<usize>,
    cuts: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
) {
    let engine = UnixStream::connect("/var/run/docker.sock").await.expect("the engine's socket");
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_engine, mut to_engine) = engine.into_split();
    let mut buffer = vec![0; 16 * 1024];
    let Ok(length) = from_client.read(&mut buffer).await else {
        return;
    };
    let request = String::from_utf8_lossy(&buffer[..length]).lines().next().unwrap_or_default().to_owned();
    let is_logs = request.contains("/logs?");
    requests.lock().expect("no panic").push(request);
    if to_engine.write_all(&buffer[..length]).await.is_err() {
        return;
    }
    let upload = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_engine).await;
    });
    let nth = cuts.load(Ordering::SeqCst) + 1;
    let left = Cell::new(cut_logs_after.filter(|_| is_logs).map_or(usize::MAX, |bytes| bytes * nth));
    while let Ok(length @ 1..) = from_engine.read(&mut buffer).await {
        let passed = length.min(left.get());
        if to_client.write_all(&buffer[..passed]).await.is_err() {
            break;
        }
        left.set(left.get() - passed);
        if left.get() == 0 {
            cuts.fetch_add(1, Ordering::SeqCst);
            break;
        }
    }
    upload.abort();
}
