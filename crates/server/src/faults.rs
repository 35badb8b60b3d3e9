//! Why the store said no, in one word each: for the answer's `Retry-After`, for the log and for the counts. Never what was stored.

use std::io::ErrorKind;

/// What went wrong with the database or the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Another writer held on for too long.
    Busy,
    /// No room is left.
    Full,
    /// Nothing may be written.
    ReadOnly,
    /// The disk failed.
    Broken,
    /// Anything else; the log has the library's words.
    Other,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Busy, Self::Full, Self::ReadOnly, Self::Broken, Self::Other];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Full => "full",
            Self::ReadOnly => "read-only",
            Self::Broken => "broken",
            Self::Other => "other",
        }
    }

    /// Seconds after which it is worth coming again: a busy database passes by itself, the rest needs a person.
    #[must_use]
    pub fn retry_after(self) -> u64 {
        match self {
            Self::Busy | Self::Other => 5,
            Self::Full | Self::ReadOnly | Self::Broken => 30,
        }
    }
}

impl From<&sqlx::Error> for Fault {
    fn from(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Io(error) => error.into(),
            sqlx::Error::Database(error) => {
                // SQLite's extended codes hold the primary one in their lowest byte.
                let code = error.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default();
                match code & 0xff {
                    5 | 6 => Self::Busy,
                    13 => Self::Full,
                    8 => Self::ReadOnly,
                    10 | 11 | 14 | 26 => Self::Broken,
                    _ => Self::Other,
                }
            }
            _ => Self::Other,
        }
    }
}

impl From<&std::io::Error> for Fault {
    fn from(error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Broken,
        }
    }
}
