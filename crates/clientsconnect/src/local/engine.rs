//! The embedded DynamoDB engine: one SQLite file in the data folder, spoken to over HTTP on the loopback.
//!
//! Invariant: one file, one engine. Whoever holds `local.lock` runs the engine and says in `local.json` where it
//! listens; everybody else talks to that one.
//!
//! Durability: the engine opens SQLite in WAL mode and leaves `synchronous` at SQLite's own default, FULL. A write that
//! was answered is in the log file and flushed: it survives SIGKILL, and a power cut too. What SIGKILL interrupts is rolled
//! back when the file is next opened.
//!
//! Why one engine: SQLite itself would allow two processes, and each write is a `BEGIN IMMEDIATE` transaction. But the
//! engine keeps two things in memory for each opening of the file: the answers to transactions by their client token, so
//! that a repeated transaction sent to another engine would run a second time; and the tables' metadata, so that a table
//! changed through one opening looks unchanged through the other. The tests below show the first.
//!
//! The engine checks no signatures. Like the data folder itself, it trusts every process of this machine that can
//! reach the loopback.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use dynoxide::Database;
use serde::{Deserialize, Serialize};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use super::files;

/// The tables' file in the data folder.
const TABLES: &str = "dynamodb.sqlite";
/// The lock: held, by the kernel, exactly as long as its process lives.
const LOCK: &str = "local.lock";
/// Where the process that holds the lock can be reached.
const REACH: &str = "local.json";

/// How long to wait for another process that is just starting or stopping.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often to look meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// How long a shutdown waits for requests in hand. They have been sent on the loopback and take milliseconds.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// The data folder cannot be used.
    #[error("the data folder cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// Another process runs on this data folder.
    #[error("another process is using this data folder{}", reach_of(.0.as_ref()))]
    InUse(Option<Reach>),
    /// The tables' file cannot be opened.
    #[error("the tables' file dynamodb.sqlite cannot be opened: {0}")]
    Tables(String),
}

fn reach_of(reach: Option<&Reach>) -> String {
    reach.map_or_else(String::new, |reach| match reach.web {
        Some(web) => format!(" (process {}, http://{web}/)", reach.pid),
        None => format!(" (process {})", reach.pid),
    })
}

/// Where the process that runs the engine can be reached: the content of `local.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reach {
    /// The engine's address.
    pub(crate) dynamodb: SocketAddr,
    /// The web pages' address, once they are there.
    pub(crate) web: Option<SocketAddr>,
    /// The process.
    pub(crate) pid: u32,
}

/// An engine to talk to.
pub(crate) struct Engine {
    dynamodb: SocketAddr,
    own: Option<Own>,
}

/// What a process has that runs the engine itself.
struct Own {
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), String>>,
    /// The folder and its lock; none for tables in memory.
    folder: Option<(PathBuf, File)>,
}

impl Engine {
    /// Runs the engine over the tables of the folder `data`, which is created if need be.
    ///
    /// # Errors
    /// [`EngineError`]; [`EngineError::InUse`] if another process keeps the folder for longer than a short command does.
    pub(crate) async fn start(data: &Path) -> Result<Self, EngineError> {
        std::fs::create_dir_all(data)?;
        let patience = Instant::now() + PATIENCE;
        loop {
            if let Some(lock) = try_lock(data)? {
                return Self::run(data, lock).await;
            }
            if Instant::now() >= patience {
                return Err(EngineError::InUse(read_reach(data)));
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Talks to the engine of the process that runs on the folder `data`, or runs it for the time being if none does.
    ///
    /// # Errors
    /// [`EngineError`].
    pub(crate) async fn attach(data: &Path) -> Result<Self, EngineError> {
        std::fs::create_dir_all(data)?;
        let patience = Instant::now() + PATIENCE;
        loop {
            if let Some(lock) = try_lock(data)? {
                return Self::run(data, lock).await;
            }
            let reach = read_reach(data);
            if let Some(reach) = &reach
                && TcpStream::connect(reach.dynamodb).await.is_ok()
            {
                return Ok(Self { dynamodb: reach.dynamodb, own: None });
            }
            if Instant::now() >= patience {
                return Err(EngineError::InUse(reach));
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Runs the engine over tables in memory.
    ///
    /// # Errors
    /// [`EngineError`].
    #[cfg(test)]
    pub(crate) async fn memory() -> Result<Self, EngineError> {
        let database = Database::memory().map_err(|error| EngineError::Tables(error.to_string()))?;
        Self::serve(database, None).await
    }

    async fn run(data: &Path, lock: File) -> Result<Self, EngineError> {
        // What a killed process left behind points nowhere.
        files::remove_if_there(&data.join(REACH))?;
        let path = data.join(TABLES);
        let database = tokio::task::spawn_blocking(move || open(&path))
            .await
            .map_err(|_| EngineError::Tables("the engine stopped".to_owned()))??;
        let engine = Self::serve(database, Some((data.to_owned(), lock))).await?;
        engine.announce(None)?;
        Ok(engine)
    }

    async fn serve(database: Database, folder: Option<(PathBuf, File)>) -> Result<Self, EngineError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let dynamodb = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, async {
            // An engine that was dropped without a shutdown stops as well.
            let _ = stopped.await;
        }));
        Ok(Self { dynamodb, own: Some(Own { stop, server, folder }) })
    }

    /// The URL of the engine's DynamoDB endpoint. Any credentials and any region will do.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.dynamodb)
    }

    /// True if this process runs the engine, false if it talks to another process.
    #[cfg(test)]
    pub(crate) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// Tells other processes where the web pages are. Does nothing for an engine of another process or in memory.
    ///
    /// # Errors
    /// [`EngineError::Folder`].
    pub(crate) fn announce(&self, web: Option<SocketAddr>) -> Result<(), EngineError> {
        if let Some((folder, _)) = self.own.as_ref().and_then(|own| own.folder.as_ref()) {
            let reach = Reach { dynamodb: self.dynamodb, web, pid: std::process::id() };
            let content = serde_json::to_vec(&reach).map_err(io::Error::from)?;
            files::replace(&folder.join(REACH), &content)?;
        }
        Ok(())
    }

    /// Lets the requests in hand finish, stops the engine and gives the folder free.
    ///
    /// # Errors
    /// [`EngineError::Tables`] if the engine had failed, [`EngineError::Folder`] if `local.json` stays behind.
    pub(crate) async fn shutdown(self) -> Result<(), EngineError> {
        let Some(Own { stop, mut server, folder }) = self.own else { return Ok(()) };
        // Fails only if the engine is gone already, which its own result tells.
        let _ = stop.send(());
        let served = timeout(LAST_REQUESTS, &mut server).await;
        if let Some((folder, lock)) = folder {
            files::remove_if_there(&folder.join(REACH))?;
            drop(lock);
        }
        match served {
            Ok(Ok(result)) => result.map_err(EngineError::Tables),
            Ok(Err(_)) => Err(EngineError::Tables("the engine panicked".to_owned())),
            // A client that holds a connection open does not keep the process: every answered write is on the disk.
            Err(_) => {
                server.abort();
                Ok(())
            }
        }
    }
}

fn open(path: &Path) -> Result<Database, EngineError> {
    let path = path.to_str().ok_or_else(|| EngineError::Tables("the path is not UTF-8".to_owned()))?;
    Database::new(path).map_err(|error| EngineError::Tables(error.to_string()))
}

fn try_lock(data: &Path) -> io::Result<Option<File>> {
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(data.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Who runs on the folder, as far as that is known at this moment.
fn read_reach(data: &Path) -> Option<Reach> {
    let content = files::read_if_there(&data.join(REACH)).ok()??;
    serde_json::from_slice(&content).ok()
}

#[cfg(test)]
mod tests;
