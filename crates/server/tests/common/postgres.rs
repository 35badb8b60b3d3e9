//! The same tests on PostgreSQL: a cluster, and in it a database for each data folder, where `SPOTTER_TEST_DATABASE` asks for it.
//!
//! `postgres` starts a cluster for this process: in a folder of its own, behind a socket in that folder, as a user that is not root.
//! It ends with the process, however that ends. `postgres:///postgres?host=FOLDER&user=NAME` takes one that runs already.
#![allow(dead_code, reason = "each test binary uses its part")]

use rustix::process::{Pid, Signal};
use spotter_server::store::engine::{Engine, REMEMBERED};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

/// Where the server is, with `{}` for the database's name; nothing where the tests use files.
static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(|| {
    let asked = std::env::var("SPOTTER_TEST_DATABASE").ok().filter(|asked| !asked.is_empty())?;
    let cluster = if asked == "postgres" {
        Cluster::start()
    } else {
        let cluster = Cluster { address: asked.replacen("/postgres?", "/{}?", 1), folder: PathBuf::new(), own: None };
        now(template(&cluster));
        cluster
    };
    Some(cluster)
});
/// While a database is copied, nobody may use the one that is copied.
static COPYING: Mutex<u32> = Mutex::new(0);
/// What every test's database is a copy of.
const TEMPLATE: &str = "spotter_template";

/// A cluster.
pub struct Cluster {
    address: String,
    /// Its folder, where it is our own.
    folder: PathBuf,
    /// It is ended when its standard input is closed.
    own: Option<Child>,
}

/// Whether the tests run on PostgreSQL.
pub fn wanted() -> bool {
    CLUSTER.is_some()
}

/// A test of what only a file has: says so, and whether to leave it out.
pub fn only_a_file(why: &str) -> bool {
    if wanted() {
        println!("not on PostgreSQL: {why}");
    }
    wanted()
}

/// A database that goes when this does.
pub struct Given(String);

/// Lets a data folder have its rows in a new database. Does nothing where the tests use files.
pub fn give(data: &Path) -> Option<Given> {
    CLUSTER.as_ref().map(|cluster| Given(cluster.give(data)))
}

/// An empty database, and its address. Nothing where the tests use files.
pub fn empty() -> Option<(String, Given)> {
    CLUSTER.as_ref().map(|cluster| {
        let name = cluster.create("template0");
        (cluster.of(&name), Given(name))
    })
}

impl Drop for Given {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.0);
        // Nobody waits for it: the cluster goes as a whole.
        std::thread::spawn(move || {
            now(async {
                if let Some(cluster) = CLUSTER.as_ref() {
                    let _ = cluster.connect("postgres").await.execute(AssertSqlSafe(drop)).await;
                }
            });
        });
    }
}

/// Waits for something asynchronous wherever one stands.
fn now<T: Send>(what: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(what);
        scope.spawn(runtime).join().unwrap()
    })
}

/// The schema, and what the tests' own statements need besides.
async fn template(cluster: &Cluster) {
    let mut server = cluster.connect("postgres").await;
    let known: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(TEMPLATE)
        .fetch_optional(&mut server)
        .await
        .unwrap();
    if known.is_some() {
        return;
    }
    server.execute(AssertSqlSafe(format!("CREATE DATABASE {TEMPLATE}"))).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(REMEMBERED), cluster.of(TEMPLATE)).unwrap();
    let engine = Engine::of(folder.path(), true).unwrap();
    let pool = engine.alone().await.unwrap();
    engine.migrator().run(&pool).await.unwrap();
    let zeroblob = "CREATE FUNCTION zeroblob(n INTEGER) RETURNS BYTEA LANGUAGE SQL IMMUTABLE RETURN decode(repeat('00', n), 'hex')";
    pool.execute(zeroblob).await.unwrap();
    pool.close().await;
}

impl Cluster {
    /// Lets a data folder have its rows in a new database of this cluster. Returns its name.
    pub fn give(&self, data: &Path) -> String {
        let name = self.create(TEMPLATE);
        std::fs::create_dir_all(data).unwrap();
        std::fs::write(data.join(REMEMBERED), self.of(&name)).unwrap();
        name
    }

    fn create(&self, template: &str) -> String {
        let mut number = COPYING.lock().unwrap();
        *number += 1;
        let name = format!("t{}_{}", std::process::id(), *number);
        let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
        now(async { self.connect("postgres").await.execute(AssertSqlSafe(create)).await.unwrap() });
        name
    }

    /// Kills all its processes at once: what they had not given to the kernel is gone. It is started again by itself.
    pub fn kill(&self) -> std::io::Result<()> {
        let pid = std::fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        let pid = pid.lines().next().unwrap_or_default().to_owned();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        for pid in std::iter::once(pid.as_str()).chain(children.split_whitespace()) {
            let pid = pid.parse().ok().and_then(Pid::from_raw).ok_or(std::io::ErrorKind::NotFound)?;
            match rustix::process::kill_process(pid, Signal::KILL) {
                // It ended by itself meanwhile.
                Ok(()) | Err(rustix::io::Errno::SRCH) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Waits until it answers.
    pub fn answers(&self) {
        now(async { drop(self.connect("postgres").await) });
    }

    /// The address of one of its databases.
    fn of(&self, database: &str) -> String {
        self.address.replacen("{}", database, 1)
    }

    async fn connect(&self, database: &str) -> PgConnection {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            match PgConnection::connect(&self.of(database)).await {
                Ok(connection) => return connection,
                Err(error) => assert!(Instant::now() < end, "the cluster does not answer: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Starts one, whose server ends with this process.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("spotter-postgres-").tempdir().unwrap().keep();
        let mut command = Command::new("sh");
        if let Some((user, group)) = somebody() {
            chown(&folder, Some(user), Some(group)).unwrap();
            command.uid(user).gid(group);
        }
        // English order of words is the default here, so that a query which relies on another one is found.
        let script = "set -e; cd \"$1\"; \
             \"$2/initdb\" -D data -A trust -U spotter -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en --no-sync >log 2>&1; \
             (while [ ! -e over ]; do \"$2/postgres\" -D data -k \"$1\" -c listen_addresses= -c max_connections=200 -c shared_buffers=64MB || sleep 0.02; done) >>log 2>&1 & \
             read _ || true; : >over; kill -INT \"$(head -n 1 data/postmaster.pid)\" || true; wait; cd /; rm -rf \"$1\"";
        command.args(["-c", script, "sh"]).arg(&folder).arg(programs()).env("LC_ALL", "C.UTF-8");
        let own = command.stdin(Stdio::piped()).spawn().unwrap();
        let address = format!("postgres:///{{}}?host={}&user=spotter", folder.display());
        let cluster = Self { address, folder, own: Some(own) };
        now(template(&cluster));
        cluster
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(own) = &mut self.own {
            drop(own.stdin.take());
            let _ = own.wait();
        }
    }
}

/// PostgreSQL does not run as root: somebody else, where this process is.
fn somebody() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let all = std::fs::read_to_string("/etc/passwd").unwrap();
    let line =
        ["postgres:", "nobody:"].iter().find_map(|name| all.lines().find(|line| line.starts_with(name))).unwrap();
    let fields: Vec<&str> = line.split(':').collect();
    Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}

/// Where its programs are: the newest of Debian's, else those in the path.
fn programs() -> PathBuf {
    let all = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin"));
    let newest = all.filter(|bin| bin.join("initdb").exists()).max();
    let path =
        || std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    newest.or_else(|| path().into_iter().find(|bin| bin.join("initdb").exists())).expect("PostgreSQL is installed")
}
