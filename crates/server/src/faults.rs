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
    /// The database's server is not there, or went while it was asked.
    Away,
    /// Anything else; the log has the library's words.
    Other,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Busy, Self::Full, Self::ReadOnly, Self::Broken, Self::Away, Self::Other];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Full => "full",
            Self::ReadOnly => "read-only",
            Self::Broken => "broken",
            Self::Away => "away",
            Self::Other => "other",
        }
    }

    /// Seconds after which it is worth coming again: a busy database passes by itself, the rest needs a person.
    #[must_use]
    pub fn retry_after(self) -> u64 {
        match self {
            Self::Busy | Self::Away | Self::Other => 5,
            Self::Full | Self::ReadOnly | Self::Broken => 30,
        }
    }
}

/// Whether the database can never hold what the request has, however often it comes: PostgreSQL's text has no NUL, and its indexes
/// have no words of thousands of bytes.
#[must_use]
pub fn is_of_the_request(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("22021" | "22P05" | "54000"))
}

impl From<&sqlx::Error> for Fault {
    fn from(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::BeginFailed | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
                Self::Away
            }
            // The socket of a server that is down. No file is opened on this way.
            sqlx::Error::Io(error) if error.kind() == ErrorKind::NotFound => Self::Away,
            sqlx::Error::Io(error) => error.into(),
            sqlx::Error::Database(error) => {
                // PostgreSQL's codes have five characters, SQLite's never as many.
                let code = error.code().unwrap_or_default();
                if code.len() == 5 { of_server(&code) } else { of_file(code.parse().unwrap_or_default()) }
            }
            _ => Self::Other,
        }
    }
}

/// SQLite's extended codes hold the primary one in their lowest byte.
const fn of_file(code: u32) -> Fault {
    match code & 0xff {
        5 | 6 => Fault::Busy,
        13 => Fault::Full,
        8 => Fault::ReadOnly,
        10 | 11 | 14 | 26 => Fault::Broken,
        _ => Fault::Other,
    }
}

/// A class of two characters, and what is in it.
fn of_server(code: &str) -> Fault {
    match code {
        // What others did at the same time, locks that were not had, too many connections, cancelled statements.
        "40001" | "40P01" | "55P03" | "53300" | "57014" => Fault::Busy,
        "53100" => Fault::Full,
        "25006" => Fault::ReadOnly,
        // It ends, it is not up yet, or it ended this connection.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => Fault::Away,
        _ if code.starts_with("08") => Fault::Away,
        _ if code.starts_with("58") || code.starts_with("XX") => Fault::Broken,
        _ => Fault::Other,
    }
}

impl From<&std::io::Error> for Fault {
    fn from(error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::NotConnected
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::TimedOut => Self::Away,
            _ => Self::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, of_file, of_server};

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, want) in [
            ("40001", Fault::Busy),
            ("55P03", Fault::Busy),
            ("53100", Fault::Full),
            ("25006", Fault::ReadOnly),
            ("57P01", Fault::Away),
            ("08006", Fault::Away),
            ("58030", Fault::Broken),
            ("23505", Fault::Other),
        ] {
            assert_eq!(of_server(code), want, "{code}");
        }
        for (code, want) in
            [(5, Fault::Busy), (261, Fault::Busy), (13, Fault::Full), (778, Fault::Broken), (2067, Fault::Other)]
        {
            assert_eq!(of_file(code), want, "{code}");
        }
    }
}
