//! What only one process does at a time, however many share a database: sending notices, removing what is over, looking at pictures.
//!
//! Owns the locks for that. They end with the process or its connection, so none is left behind; a round that loses its connection
//! goes on to its end, so a notice may then go twice, as it may after a crash.

use super::Store;
use super::engine::Kind;
use super::sql::{Db, Truth};
use sqlx::Transaction;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// What is done in rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// What goes out.
    Outbox,
    /// What has expired.
    Housekeeping,
    /// Looking at pictures.
    Pictures,
}

impl Round {
    const fn key(self) -> i64 {
        match self {
            Self::Outbox => 5_787_213_827_046_133_841,
            Self::Housekeeping => 5_787_213_827_046_133_842,
            Self::Pictures => 5_787_213_827_046_133_843,
        }
    }
}

/// Within this process, one after the other.
#[derive(Default)]
pub(super) struct Here([Arc<Mutex<()>>; 3]);

/// While it is held, nobody else does the same.
pub struct Alone {
    everywhere: Option<Transaction<'static, Db>>,
    _here: OwnedMutexGuard<()>,
}

impl Alone {
    /// The round is over. Dropped instead, it is so a moment later.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end(self) -> sqlx::Result<()> {
        match self.everywhere {
            Some(lock) => lock.rollback().await,
            None => Ok(()),
        }
    }
}

/// Begins a round, after this process has ended the one before; nothing, while another process is in one.
///
/// # Errors
/// Where the database fails.
pub async fn begin(store: &Store, which: Round) -> sqlx::Result<Option<Alone>> {
    let Here([outbox, housekeeping, pictures]) = &store.rounds;
    let here = match which {
        Round::Outbox => outbox,
        Round::Housekeeping => housekeeping,
        Round::Pictures => pictures,
    };
    let _here = Arc::clone(here).lock_owned().await;
    if store.kind() == Kind::Sqlite {
        // The file belongs to one server.
        return Ok(Some(Alone { everywhere: None, _here }));
    }
    let mut lock = store.read().begin().await?;
    let Truth(had) =
        sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)").bind(which.key()).fetch_one(&mut *lock).await?;
    if had {
        return Ok(Some(Alone { everywhere: Some(lock), _here }));
    }
    lock.rollback().await?;
    Ok(None)
}
