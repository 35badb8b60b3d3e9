//! An S3-type storage on loopback, another house's, that checks every signature: within this process for `SPOTTER_TEST_BLOBS=s3`,
//! where every server of the tests keeps its pictures in a bucket of it; or a process of its own that can be killed.

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use spotter_server::random;
use spotter_server::sign;
use spotter_server::store::depot::REMEMBERED;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Its only bucket.
pub const BUCKET: &str = "pictures";
const ID: &str = "SPOTTERTESTS";
/// What a process that is to be a storage finds its folder and its port in.
const BE_ONE: &str = "SPOTTER_BE_A_STORAGE";

static SHARED: LazyLock<Option<Storage>> = LazyLock::new(|| {
    let asked = std::env::var("SPOTTER_TEST_BLOBS").ok().filter(|asked| !asked.is_empty())?;
    assert_eq!(asked, "s3");
    Some(Storage::here())
});
static GIVEN: AtomicUsize = AtomicUsize::new(0);

/// Lets a data folder have its pictures under a prefix of its own. Does nothing where the tests use folders.
pub fn give(data: &Path) {
    if let Some(storage) = SHARED.as_ref() {
        let prefix = format!("t{}", GIVEN.fetch_add(1, Ordering::SeqCst));
        std::fs::create_dir_all(data).unwrap();
        std::fs::write(data.join(REMEMBERED), storage.address(&prefix)).unwrap();
    }
}

/// A storage.
pub struct Storage {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl Storage {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("spotter-bucket-").tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("root").join(BUCKET)).unwrap();
        std::fs::write(folder.path().join("secret"), sign::hex(&random::bytes::<20>())).unwrap();
        let storage = Self { folder, port: 0, process: None };
        std::fs::write(
            storage.key_file(),
            format!("aws_access_key_id = {ID}\naws_secret_access_key = {}\n", storage.secret()),
        )
        .unwrap();
        storage
    }

    /// In a thread of this process.
    pub fn here() -> Self {
        let mut storage = Self::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        storage.port = listener.local_addr().unwrap().port();
        let folder = storage.folder.path().to_owned();
        std::thread::spawn(move || serve(&folder, listener));
        storage
    }

    /// In a process of its own: `test`, which calls [`be_one`] first.
    pub fn process(test: &str) -> Self {
        let mut storage = Self::new();
        storage.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        storage.start(test);
        storage
    }

    /// Starts it once more, where it was.
    pub fn start(&mut self, test: &str) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture"]);
        command.env(BE_ONE, format!("{}:{}", self.port, self.folder.path().display()));
        self.process = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(std::time::Instant::now() < end, "the storage does not start");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    pub fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.process.as_ref().unwrap().id() as i32).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The file with the credentials.
    pub fn key_file(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    pub fn id(&self) -> &'static str {
        ID
    }

    pub fn secret(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("secret")).unwrap()
    }

    /// Without the credentials.
    pub fn bare(&self, prefix: &str) -> String {
        format!("s3://{BUCKET}/{prefix}?endpoint={}", self.endpoint())
    }

    pub fn address(&self, prefix: &str) -> String {
        format!("{}&credentials={}", self.bare(prefix), self.key_file().display())
    }

    /// Where this storage keeps an object.
    pub fn object(&self, prefix: &str, name: &str) -> PathBuf {
        self.folder.path().join("root").join(BUCKET).join(prefix).join(name)
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Is a storage until it is killed, where this process was started to be one.
pub fn be_one() {
    let Some(order) = std::env::var(BE_ONE).ok() else { return };
    let (port, folder) = order.split_once(':').unwrap();
    // The one before may hold its port for a moment.
    let listener = loop {
        match TcpListener::bind(("127.0.0.1", port.parse::<u16>().unwrap())) {
            Ok(listener) => break listener,
            Err(_) => std::thread::sleep(std::time::Duration::from_millis(10)),
        }
    };
    serve(Path::new(folder), listener);
}

fn serve(folder: &Path, listener: TcpListener) {
    let secret = std::fs::read_to_string(folder.join("secret")).unwrap();
    let root = folder.join("root");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async move {
        let mut service = S3ServiceBuilder::new(FileSystem::new(root).unwrap());
        service.set_auth(SimpleAuth::from_single(ID, secret));
        let service = service.build();
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
            tokio::spawn(async move {
                let _ = connection.await;
            });
        }
    });
}
