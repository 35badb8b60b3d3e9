//! The command line: what can be set, and which settings are refused before anything starts.

use crate::clock::{self, Clock};
use crate::roles::Role;
use crate::store::depot;
use crate::store::engine::Address;
use clap::{ArgAction, Args, Parser, Subcommand};
use spotter_model::limits::UNDO_MS_MAX;
use spotter_model::{SpotterPolicy, Tier};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where Debian's packages put fonts.
const FONTS: &str = "/usr/share/fonts";

/// `spotter-server`.
#[derive(Debug, Parser)]
#[command(
    name = "spotter-server",
    version,
    about = "Intake of wildlife reports and the console to review them",
    after_help = "All commands but serve and restore work beside a running server. --data can stand in the environment as SPOTTER_DATA.\nHow to install, watch, back up and repair a server: docs/operations.md."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the endpoint and the console.
    Serve(Box<Serve>),
    /// Make an invitation and print its link: the one thing that a spotter is given.
    Invite {
        /// The data folder of the server.
        #[arg(long)]
        data: PathBuf,
        /// How many devices can join with it.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        uses: u32,
        /// The cohort that those who join with it belong to.
        #[arg(long, default_value = "", value_parser = cohort)]
        cohort: String,
        /// What those who join with it may see and do.
        #[arg(long, default_value = "spotter", value_parser = tier)]
        tier: Tier,
        /// Name of the spotter who lost a device: whoever joins takes that name over, and the lost device is signed
        /// off. For one use.
        #[arg(long, conflicts_with = "uses")]
        replaces: Option<String>,
        /// Short name of the organisation that invites: what those who join with it report first is its to answer for. Without
        /// it: the first one.
        #[arg(long, value_name = "SHORT NAME")]
        organisation: Option<String>,
        /// The server's public origin, where it was never started yet.
        #[arg(long)]
        public_origin: Option<Origin>,
    },
    /// Devices that joined.
    Device {
        /// What to do.
        #[command(subcommand)]
        command: DeviceCommand,
    },
    /// Put a signed programme, a signed pack or the public keys of their signer in place. The server hands them on
    /// as they are.
    Publish(Publish),
    /// Write a report into a package that `spotter verify` checks. The spotter's signature, offset and skew stay sealed
    /// unless they are released.
    Export {
        /// The data folder of the server.
        #[arg(long)]
        data: PathBuf,
        /// The report's number or id.
        #[arg(long)]
        report: String,
        /// The file to write; it must not exist.
        #[arg(short, long)]
        output: PathBuf,
        /// Release what is sealed, for this reason. The reason goes into the audit: no names in it.
        #[arg(long)]
        release: Option<String>,
        /// Folder with the fonts of the summary.
        #[arg(long, default_value = FONTS, value_name = "DIR")]
        fonts: PathBuf,
    },
    /// Write the terms that reviewers accepted as the source of an overlay, for `spotter lexicon overlay`.
    Terms {
        /// The data folder of the server.
        #[arg(long)]
        data: PathBuf,
        /// The folder to write; it must not exist.
        #[arg(short, long)]
        output: PathBuf,
        /// Version of the overlay, such as `2026.11.26`; its expiry is a year later.
        #[arg(long)]
        version: String,
    },
    /// Erase what cases say about a seller, for good, in every backup too. Without --yes: only show which cases.
    Erase(Erase),
    /// Write a backup: the database as of one moment, and every picture that it names. The server may be running.
    Backup {
        /// The data folder of the server.
        #[arg(long)]
        data: PathBuf,
        /// The folder to write; it must not exist.
        #[arg(short, long, value_name = "FOLDER")]
        output: PathBuf,
        /// Write the server's keys into this file, too; an older copy there is replaced. Keep it apart from the backup:
        /// whoever has both can sign as this server and read its cases. Keep the newest copy alone: an older one beside an
        /// older backup brings back what was erased. Without it, the keys are in no backup, and nothing in it can be read.
        #[arg(long, value_name = "FILE")]
        with_secrets: Option<PathBuf>,
    },
    /// Put a backup into an empty data folder, after every file of it was compared with its hash. Damaged or incomplete
    /// backups are refused.
    Restore {
        /// The backup.
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
        /// The data folder to fill: it must be missing or empty, and no server may use it.
        #[arg(long, required_unless_present = "check")]
        data: Option<PathBuf>,
        /// The file with the keys. Without it, put `secrets/` in place before the first start.
        #[arg(long, value_name = "FILE")]
        with_secrets: Option<PathBuf>,
        /// The PostgreSQL database to fill: `postgres://USER@HOST/DATABASE`. It must be there and empty. Rows that came from
        /// one need one; those from a file move there for good. Its password belongs into PGPASSWORD or PGPASSFILE.
        #[arg(long, value_name = "URL")]
        database: Option<Address>,
        /// The bucket to put pictures into, as `serve --blobs` names it. Nothing may lie there. Without it they come into the folder.
        #[arg(long, value_name = "URL")]
        blobs: Option<depot::Address>,
        /// Only say whether the backup is whole; nothing is written.
        #[arg(long, conflicts_with_all = ["data", "with_secrets", "database", "blobs"])]
        check: bool,
    },
    /// Reviewers of the console.
    Reviewer {
        /// What to do.
        #[command(subcommand)]
        command: ReviewerCommand,
    },
    /// The chain that remembers every step.
    Audit {
        /// What to do.
        #[command(subcommand)]
        command: AuditCommand,
    },
}

/// What to do with devices.
#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// Sign a device off: nothing of it is taken any more.
    Revoke {
        /// The data folder of the server.
        #[arg(long)]
        data: PathBuf,
        /// The spotter's name, as experts see it.
        #[arg(long)]
        name: String,
    },
}

/// What to put in place.
#[derive(Debug, Args)]
pub struct Publish {
    /// The data folder of the server.
    #[arg(long)]
    pub data: PathBuf,
    /// Public keys that sign packs and programmes, as `spotter lexicon keygen` writes them; at most two. They take
    /// the place of those before.
    #[arg(long, num_args = 1..=2)]
    pub pack_key: Vec<PathBuf>,
    /// A programme signed with `spotter programme sign`.
    #[arg(long)]
    pub programme: Option<PathBuf>,
    /// A pack or overlay signed with `spotter lexicon sign`.
    #[arg(long)]
    pub pack: Option<PathBuf>,
}

fn cohort(text: &str) -> Result<String, String> {
    if text.is_empty() || spotter_model::report::is_id(text) {
        Ok(text.to_owned())
    } else {
        Err("at most 64 characters of a-z, 0-9, dot, hyphen and underscore".to_owned())
    }
}

fn contact(text: &str) -> Result<String, String> {
    if text.is_empty() || is_mail_address(text) { Ok(text.to_owned()) } else { Err("an e-mail address".to_owned()) }
}

/// Whether this can stand in a header as an e-mail address: one `@`, nothing that could end a line or begin a list.
#[must_use]
pub fn is_mail_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@.!#$%&'*+/=?^_`{|}~-".contains(c);
    let parts = text.split('@').collect::<Vec<_>>();
    text.len() <= 254 && text.chars().all(plain) && parts.len() == 2 && parts.iter().all(|p| !p.is_empty())
}

fn tier(text: &str) -> Result<Tier, String> {
    crate::store::parse_word(text.to_owned()).map_err(|_| "spotter, enrolled or trainer".to_owned())
}

fn role(word: &str) -> Result<Role, String> {
    crate::store::parse_word(word.to_owned()).map_err(|_| "admin, lead, reviewer, trainer or auditor".to_owned())
}

/// Whose cases to erase.
#[derive(Debug, Args)]
pub struct Erase {
    /// The data folder of the server.
    #[arg(long)]
    pub data: PathBuf,
    /// The marketplace's host.
    #[arg(long, value_name = "HOST")]
    pub marketplace: String,
    /// The seller's public name there.
    #[arg(long, value_name = "NAME")]
    pub seller: String,
    /// Why, for the audit: no names in it.
    #[arg(long, value_name = "WORDS")]
    pub reason: String,
    /// Do it.
    #[arg(long)]
    pub yes: bool,
}

/// What to do with reviewers.
#[derive(Debug, Subcommand)]
pub enum ReviewerCommand {
    /// Add a reviewer, or set a new password for one.
    Add {
        /// The data folder of the server.
        #[arg(long)]
        data: PathBuf,
        /// The name to log in with.
        #[arg(long)]
        name: String,
        /// What they are: admin, lead, reviewer, trainer or auditor. Without it: a lead, or what they were.
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// Read the password from the first line of standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

/// What to do with the audit chain.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Recompute every link and print how many there are.
    Verify {
        /// The data folder of the server.
        #[arg(long)]
        data: PathBuf,
    },
}

/// Settings of `serve`. Every setting but the first and last ones can stand in a file and in the environment, too: see
/// [`crate::settings`], which reads the names, the defaults and the bounds from here.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = SERVE_HELP)]
pub struct Serve {
    /// File with settings, in TOML: the names are those of the options, without the dashes before them.
    #[arg(long, value_name = "FILE", help_heading = "Where")]
    pub config: Option<PathBuf>,
    /// Print what would be used and where each value comes from, and end. What is printed is itself such a file.
    #[arg(long, help_heading = "Where")]
    pub check: bool,
    /// Folder for the database, the pictures and the server's keys. Made where it is missing.
    #[arg(long, value_name = "DIR", help_heading = "Where")]
    pub data: PathBuf,
    /// Address of a PostgreSQL server for the rows, such as `postgres://spotter@db.example.org/spotter`, without a password.
    /// Several servers may share it and the folder. Without it the rows are in a file of the folder, or on the server that
    /// the folder remembers from before.
    #[arg(long, value_name = "URL", help_heading = "Where")]
    pub database: Option<Address>,
    /// Bucket of an S3-type storage for pictures, such as `s3://BUCKET/PREFIX?region=eu-central-1`; elsewhere than at Amazon with
    /// `&endpoint=https://HOST`. Its key is looked for in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in the file that
    /// `&credentials=FILE` names. Without it pictures are in the folder, or in the bucket that the folder remembers from before.
    #[arg(long, value_name = "URL", help_heading = "Where")]
    pub blobs: Option<depot::Address>,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS", help_heading = "Where")]
    pub listen: SocketAddr,
    /// The origin that spotters and reviewers use, such as `https://reports.example.org`. Plain http only on
    /// loopback. Without it, and with a loopback address: `http://localhost:PORT`.
    #[arg(long, value_name = "ORIGIN", help_heading = "Where")]
    pub public_origin: Option<Origin>,
    /// Behind a reverse proxy that sets it: take the client's address from the last entry of X-Forwarded-For.
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false,
          default_missing_value = "true", value_name = "true|false", help_heading = "Where")]
    pub forwarded: bool,
    /// Milliseconds in which a spotter can take a report back before it is sent.
    #[arg(long, default_value_t = SpotterPolicy::default().undo_ms, value_parser = clap::value_parser!(u32).range(0..=i64::from(UNDO_MS_MAX)),
          value_name = "MS", help_heading = "Spotters")]
    pub undo_ms: u32,
    /// Ask for a confirming click on a device's first so many reports.
    #[arg(long, default_value_t = SpotterPolicy::default().confirm_first, value_name = "N", help_heading = "Spotters")]
    pub confirm_first: u32,
    /// When a check of a case is due, ask those who reported it whether the listing is still there. Only spotters who switched
    /// that on in their extension see the question; an answer moves no case.
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = true,
          default_missing_value = "true", value_name = "true|false", help_heading = "Spotters")]
    pub ask_spotters: bool,
    /// The coordinator's name, shown where no other organisation stands behind a page. It is the first organisation's, too, as are its
    /// contact and status, until somebody changes that one in the console.
    #[arg(long, default_value = "Wildlife Spotter programme", value_name = "NAME", help_heading = "Spotters")]
    pub organisation: String,
    /// The first organisation's e-mail address, which stands in its notices. Without it, it can write none.
    #[arg(long, default_value = "", value_parser = contact, value_name = "E-MAIL", help_heading = "Notices")]
    pub contact: String,
    /// Who awarded the first organisation the status of trusted flagger; only notices that allege illegality carry it.
    #[arg(long, default_value = "", value_name = "AUTHORITY", help_heading = "Notices")]
    pub trusted_flagger: String,
    /// An address outside the public internet that companies' webhooks may lead to, such as a relay in your own network.
    /// May be given several times. Without it, a webhook that leads into a private network is not called.
    #[arg(long = "webhook-address", value_name = "IP", value_delimiter = ',', help_heading = "Notices")]
    pub webhook_addresses: Vec<IpAddr>,
    /// Send nothing: notices stay in the outbox. For the first start after a restore, until somebody has looked at what
    /// was sent since the backup.
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false,
          default_missing_value = "true", value_name = "true|false", help_heading = "Notices")]
    pub hold_notices: bool,
    /// Folder with the fonts of PDFs, looked through with the folders in it. Without a font there, notices and packages have none.
    #[arg(long, default_value = FONTS, value_name = "DIR", help_heading = "Notices")]
    pub fonts: PathBuf,
    /// Days for which a case that was found to be nothing keeps what it says about a person, from its last step on.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=36_500),
          value_name = "DAYS", help_heading = "Data on people")]
    pub keep_dismissed_days: u32,
    /// The same for cases that nobody could tell or has decided.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_500),
          value_name = "DAYS", help_heading = "Data on people")]
    pub keep_undecided_days: u32,
    /// The same for confirmed cases, and whatever became of them.
    #[arg(long, default_value_t = 1_095, value_parser = clap::value_parser!(u32).range(1..=36_500),
          value_name = "DAYS", help_heading = "Data on people")]
    pub keep_confirmed_days: u32,
    /// Requests a minute that one device key may make.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "N", help_heading = "Limits")]
    pub per_key: u32,
    /// Requests a minute that one network address may make.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "N", help_heading = "Limits")]
    pub per_address: u32,
    /// Connections at once that one network address may have. With --forwarded the proxy is the address, so this does not
    /// count there: the proxy has to.
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=1024), value_name = "N", help_heading = "Limits")]
    pub connections_per_address: u32,
    /// Seconds in which a request's head has to arrive; an idle connection ends after them, too.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=300), value_name = "SECONDS", help_heading = "Limits")]
    pub head_seconds: u32,
    /// Seconds in which a request's body has to arrive, all of it.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=600), value_name = "SECONDS", help_heading = "Limits")]
    pub body_seconds: u32,
    /// Seconds between telling a load balancer (`/readyz` says 503) and refusing requests, when asked to stop.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=120), value_name = "SECONDS", help_heading = "Limits")]
    pub drain_seconds: u32,
    /// Give metrics to Prometheus or an OpenTelemetry collector at `http://ADDRESS/metrics`: a loopback address, with a
    /// port of its own. Without it there are none.
    #[arg(long, value_name = "ADDRESS", help_heading = "Watching")]
    pub metrics: Option<SocketAddr>,
    /// What is logged on standard error, one line of JSON each: info has a line for every request, warn and error only
    /// what went wrong.
    #[arg(long, default_value = "info", value_enum, value_name = "LEVEL", help_heading = "Watching")]
    pub log: LogLevel,
    /// Write the network address into the line of each request: personal data. For the hour in which somebody attacks.
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false,
          default_missing_value = "true", value_name = "true|false", help_heading = "Watching")]
    pub log_addresses: bool,
    /// Keys in `secrets/` are lost and no copy is left: make new ones. Every invitation and receipt that was signed
    /// with the old ones is void, and companies' secrets have to be made anew; cases whose keys are lost say nothing any
    /// more, for good. Only on the command line.
    #[arg(long, help_heading = "When something is lost")]
    pub new_keys: bool,
    /// Never sync the database. Exists only in debug builds, so that the durability test can prove that it would notice.
    #[cfg(debug_assertions)]
    #[arg(long, hide = true)]
    pub unsafe_synchronous_off: bool,
    /// Hours by which the clock is ahead. Exists only in debug builds, so that tests in browsers see what takes weeks.
    #[cfg(debug_assertions)]
    #[arg(long, hide = true, default_value_t = 0)]
    pub clock_ahead_h: u32,
}

/// What stands below the options in `serve --help`.
const SERVE_HELP: &str = "\
Settings are taken from the command line, else from the environment, else from the file named by --config, else as above.
In the environment a setting is called SPOTTER_ and its name: SPOTTER_PUBLIC_ORIGIN, SPOTTER_PER_KEY. A list has commas there.
In the file it is called as here, and a name that is not known is refused:

    data = \"/var/lib/wildlife-spotter\"
    public-origin = \"https://reports.example.org\"
    forwarded = true
    contact = \"notices@example.org\"
    metrics = \"127.0.0.1:9464\"

Examples:

    spotter-server serve --data here                         on this machine alone, at http://localhost:8080
    spotter-server serve --config /etc/wildlife-spotter.toml behind a proxy that ends TLS
    spotter-server serve --config FILE --check               what would be used, and where each value comes from

When ready it prints one line of JSON. SIGTERM ends it well: what is under way is finished first.
How to install, watch, back up and repair it: docs/operations.md.";

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What broke.
    Error,
    /// And what was unusual.
    Warn,
    /// And each request.
    Info,
}

impl Serve {
    /// The settings for this data folder, everything else as it is by default.
    ///
    /// # Panics
    /// Never: a test makes some.
    #[must_use]
    pub fn at(data: &Path) -> Self {
        #[derive(Parser)]
        struct Alone {
            #[command(flatten)]
            serve: Serve,
        }
        let words = ["serve".as_ref(), "--data".as_ref(), data.as_os_str()];
        match Alone::try_parse_from(words) {
            Ok(alone) => alone.serve,
            Err(error) => unreachable!("the defaults are within their bounds: {error}"),
        }
    }

    /// What contradicts itself, in a sentence.
    ///
    /// # Errors
    /// The sentence.
    pub fn consistent(&self) -> Result<(), &'static str> {
        if self.public_origin.is_none() && !self.listen.ip().is_loopback() {
            return Err("public-origin is needed where listen is not a loopback address");
        }
        match self.metrics {
            Some(at) if !at.ip().is_loopback() => {
                Err("metrics must be a loopback address: whoever collects them runs beside the server")
            }
            Some(at) if at == self.listen && at.port() != 0 => Err("metrics and listen must not be the same address"),
            _ => Ok(()),
        }
    }

    /// The round's rules for the extension.
    #[must_use]
    pub fn policy(&self) -> SpotterPolicy {
        SpotterPolicy { undo_ms: self.undo_ms, confirm_first: self.confirm_first, ..SpotterPolicy::default() }
    }

    /// Whether commits are synced to disk. Always, but for the test named in the flag's help.
    #[must_use]
    pub fn synced(&self) -> bool {
        #[cfg(debug_assertions)]
        return !self.unsafe_synchronous_off;
        #[cfg(not(debug_assertions))]
        true
    }

    /// The machine's clock. Always, but for the tests named in the flag's help.
    #[must_use]
    pub fn clock(&self) -> Clock {
        #[cfg(debug_assertions)]
        {
            let (machine, ahead) = (clock::system(), time::Duration::hours(self.clock_ahead_h.into()));
            std::sync::Arc::new(move || machine() + ahead)
        }
        #[cfg(not(debug_assertions))]
        clock::system()
    }
}

/// Scheme, host and port, without a trailing slash. `https`, or `http` on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// `http://localhost:PORT`.
    #[must_use]
    pub fn localhost(port: u16) -> Self {
        Self(format!("http://localhost:{port}"))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is served over TLS (by a proxy in front).
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Host and port, as in the `Host` header.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| rest)
    }

    /// Whether `host` (a `Host` header) is this origin. On loopback its three names are one.
    #[must_use]
    pub fn is_host(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        if host == self.authority() {
            return true;
        }
        let split = |a: &str| a.rsplit_once(':').map(|(n, p)| (n.to_owned(), p.to_owned()));
        let loopback = |n: &str| matches!(n, "localhost" | "127.0.0.1" | "[::1]");
        match (split(&host), split(self.authority())) {
            (Some((a, p)), Some((b, q))) => !self.is_https() && p == q && loopback(&a) && loopback(&b),
            _ => false,
        }
    }
}

impl std::str::FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim_end_matches('/').to_ascii_lowercase();
        // An invitation carries the origin, so whatever an invitation refuses is refused here.
        let probe = format!("{text}/join#{}.{}", "A".repeat(43), "A".repeat(8));
        match probe.parse::<spotter_model::Invitation>() {
            Ok(_) => Ok(Self(text)),
            Err(_) => Err("must be https://HOST[:PORT], or http:// on localhost".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        for (text, want) in [
            ("https://reports.example.org", Some("https://reports.example.org")),
            ("https://Reports.example.org/", Some("https://reports.example.org")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("http://reports.example.org", None),
            ("https://reports.example.org/path", None),
            ("ftp://reports.example.org", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Origin>().ok().as_ref().map(Origin::as_str), want, "{text}");
        }
        let local = Origin::localhost(80);
        assert!(local.is_host("127.0.0.1:80") && local.is_host("localhost:80") && !local.is_host("localhost:81"));
        let public: Origin = "https://reports.example.org".parse().unwrap();
        assert!(public.is_host("reports.example.org") && !public.is_host("localhost:443"));
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
