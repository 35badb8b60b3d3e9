//! Settings of `serve` from four places: the command line over the environment over a file over the defaults.
//!
//! Owns: which value wins and where it came from. Names, bounds and defaults stay where they are, in [`crate::config`]: what
//! the file says is laid under the command line as its defaults, so that one parser judges every value wherever it stands.

use crate::config::Cli;
use clap::error::{ContextKind, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Options of `serve` that are no settings.
const NOT_SETTINGS: [&str; 6] = ["config", "check", "new-keys", "unsafe-synchronous-off", "clock-ahead-h", "help"];
/// Largest file.
const FILE_BYTES: u64 = 64 * 1024;

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The command line or the environment; also the help that was asked for.
    #[error(transparent)]
    CommandLine(#[from] clap::Error),
    /// The file.
    #[error("{0}")]
    File(String),
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    CommandLine,
    /// This variable.
    Environment(String),
    /// This line of the file.
    File(PathBuf, usize),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("command line"),
            Self::Environment(name) => write!(f, "environment, {name}"),
            Self::File(path, line) => write!(f, "{}, line {line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One setting of `serve` as it would be used.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its value, or values; none where it is not set.
    pub values: Vec<String>,
    /// Whether it is a list.
    pub list: bool,
    /// Where it came from.
    pub source: Source,
}

/// A command line with everything that lies under it.
pub struct Settled {
    /// What to do, with which settings.
    pub cli: Cli,
    /// Each setting of `serve` with its source; empty for other commands.
    pub rows: Vec<Row>,
}

/// The command with its names in the environment.
#[must_use]
pub fn command() -> Command {
    Cli::command()
        .mut_subcommand("serve", |serve| {
            serve.mut_args(|arg| match arg.get_long() {
                Some(name) if name == "config" || !NOT_SETTINGS.contains(&name) => {
                    let name = variable(name);
                    arg.env(name)
                }
                _ => arg,
            })
        })
        .mut_subcommands(data_from_environment)
}

fn data_from_environment(command: Command) -> Command {
    let has_data = command.get_arguments().any(|arg| arg.get_id() == "data");
    let command = if has_data { command.mut_arg("data", |arg| arg.env(variable("data"))) } else { command };
    command.mut_subcommands(data_from_environment)
}

fn variable(name: &str) -> String {
    format!("SPOTTER_{}", name.to_ascii_uppercase().replace('-', "_"))
}

/// Reads the command line, the environment and the file that one of them names.
///
/// # Errors
/// See [`Refused`].
pub fn settle(arguments: Vec<OsString>) -> Result<Settled, Refused> {
    // First only to learn which file: what the file may still say is not asked for.
    let relaxed = command().mut_subcommand("serve", |serve| serve.mut_args(|arg| arg.required(false)));
    let first = relaxed.try_get_matches_from(&arguments)?;
    let path = first.subcommand_matches("serve").and_then(|serve| serve.get_one::<PathBuf>("config"));
    let file = path.map(|path| File::read(path)).transpose()?;
    let command = match &file {
        Some(file) => command().mut_subcommand("serve", |serve| file.under(serve)),
        None => command(),
    };
    let matches = command.try_get_matches_from(arguments)?;
    let rows = matches.subcommand_matches("serve").map(|serve| rows(serve, file.as_ref())).unwrap_or_default();
    Ok(Settled { cli: Cli::from_arg_matches(&matches)?, rows })
}

fn rows(matches: &ArgMatches, file: Option<&File>) -> Vec<Row> {
    let command = Cli::command();
    let serve = command.find_subcommand("serve").into_iter().flat_map(Command::get_arguments);
    let named = serve.filter_map(|arg| Some((arg, arg.get_long().filter(|l| !NOT_SETTINGS.contains(l))?)));
    named
        .map(|(arg, name)| {
            let id = arg.get_id().as_str();
            let line = file.and_then(|f| Some((f, f.entries.iter().find(|e| e.name == name)?)));
            let source = match (matches.value_source(id), line) {
                (Some(ValueSource::CommandLine), _) => Source::CommandLine,
                (Some(ValueSource::EnvVariable), _) => Source::Environment(variable(name)),
                (Some(_), Some((file, entry))) => Source::File(file.path.clone(), entry.line),
                _ => Source::Default,
            };
            let raw = matches.get_raw(id).into_iter().flatten();
            let values = raw.map(|v| v.to_string_lossy().into_owned()).collect();
            Row { name: name.to_owned(), values, list: is_list(arg), source }
        })
        .collect()
}

fn is_list(arg: &clap::Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

/// The rows as a file of settings, each with its source behind it.
#[must_use]
pub fn printed(rows: &[Row]) -> String {
    let quoted = |v: &String| match v.as_str() {
        "true" | "false" => v.clone(),
        number if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => v.clone(),
        _ => toml::Value::String(v.clone()).to_string(),
    };
    let one = |row: &Row| {
        let value = match row.values.as_slice() {
            [] => return format!("# {} is not set", row.name),
            values if row.list => format!("[{}]", values.iter().map(quoted).collect::<Vec<_>>().join(", ")),
            values => quoted(&values[0]),
        };
        format!("{} = {value}  # {}", row.name, row.source)
    };
    rows.iter().map(one).map(|line| line + "\n").collect()
}

/// A file of settings.
#[derive(Debug)]
struct File {
    path: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    values: Vec<String>,
    line: usize,
}

impl File {
    fn read(path: &Path) -> Result<Self, Refused> {
        let no = |what: &dyn fmt::Display| Refused::File(format!("{}: {what}", path.display()));
        let size = std::fs::metadata(path).map_err(|e| no(&e))?.len();
        if size > FILE_BYTES {
            return Err(no(&format_args!("larger than {FILE_BYTES} bytes: no file of settings")));
        }
        let text = std::fs::read_to_string(path).map_err(|e| no(&e))?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Refused> {
        let line_of = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
        let no = |line: usize, what: String| Refused::File(format!("{}, line {line}: {what}", path.display()));
        let table =
            DeTable::parse(text).map_err(|e| no(e.span().map_or(1, |s| line_of(s.start)), e.message().to_owned()))?;
        let command = Cli::command();
        let serve = command.find_subcommand("serve");
        let known = serve.into_iter().flat_map(Command::get_arguments);
        let known: Vec<_> = known.filter(|a| a.get_long().is_some_and(|l| !NOT_SETTINGS.contains(&l))).collect();
        let mut entries = vec![];
        for (key, value) in table.get_ref() {
            let (name, line) = (key.get_ref().as_ref(), line_of(key.span().start));
            let Some(arg) = known.iter().find(|a| a.get_long() == Some(name)) else {
                let names: Vec<_> = known.iter().filter_map(|a| a.get_long()).collect();
                return Err(no(line, format!("{name:?} is no setting. There are: {}", names.join(", "))));
            };
            let values = match value.get_ref() {
                DeValue::Array(list) if is_list(arg) => list.iter().map(|v| plain(v.get_ref())).collect(),
                DeValue::Array(_) => return Err(no(line, format!("{name} takes one value, not a list"))),
                _ if is_list(arg) => return Err(no(line, format!("{name} takes a list: [\"…\"]"))),
                one => plain(one).map(|v| vec![v]),
            };
            let values: Vec<String> = values
                .ok_or_else(|| no(line, format!("{name} takes text in quotes, a whole number, or true or false")))?;
            for value in &values {
                judged(name, value).map_err(|why| no(line, format!("{name} cannot be {value:?}: {why}")))?;
            }
            entries.push(Entry { name: name.to_owned(), values, line });
        }
        Ok(Self { path: path.to_owned(), entries })
    }

    /// Lays the file under the command line.
    fn under(&self, serve: Command) -> Command {
        let ids: Vec<(String, &Entry)> = self
            .entries
            .iter()
            .filter_map(|entry| {
                let arg = serve.get_arguments().find(|a| a.get_long() == Some(&entry.name))?;
                Some((arg.get_id().to_string(), entry))
            })
            .collect();
        ids.into_iter().filter(|(_, entry)| !entry.values.is_empty()).fold(serve, |serve, (id, entry)| {
            serve.mut_arg(id, |arg| arg.required(false).default_values(entry.values.clone()))
        })
    }
}

fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
        _ => None,
    }
}

/// What the command line's own parser says of one value.
fn judged(name: &str, value: &str) -> Result<(), String> {
    let relaxed = Cli::command().mut_subcommand("serve", |serve| serve.mut_args(|arg| arg.required(false)));
    let words = ["spotter-server".to_owned(), "serve".to_owned(), format!("--{name}={value}")];
    let Err(error) = relaxed.try_get_matches_from(words) else { return Ok(()) };
    if let Some(why) = std::error::Error::source(&error) {
        return Err(why.to_string());
    }
    match (error.kind(), error.get(ContextKind::ValidValue)) {
        (ErrorKind::InvalidValue, Some(valid)) => Err(format!("possible values: {valid}")),
        _ => Err("it is not what the option takes".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Command as Do;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spotter.toml");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn settled(words: &[&str]) -> Result<(crate::config::Serve, Vec<Row>), String> {
        let words = ["spotter-server"].iter().chain(words).map(OsString::from).collect();
        let Settled { cli, rows } = settle(words).map_err(|e| e.to_string())?;
        match cli.command {
            Do::Serve(serve) => Ok((*serve, rows)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_command_line_wins_over_the_file_and_the_file_over_the_default() {
        let (_folder, path) = file(
            "# ours\ndata = \"/srv/spotter\"\nper-key = 7\nforwarded = true\n\nwebhook-address = [\"10.0.0.1\", \"fd00::1\"]\nlog = \"warn\"\n",
        );
        let config = path.display().to_string();
        let (serve, rows) = settled(&["serve", "--config", &config, "--per-key", "9"]).unwrap();
        assert_eq!((serve.data.to_str(), serve.per_key, serve.per_address), (Some("/srv/spotter"), 9, 600));
        assert!(serve.forwarded && serve.log == crate::config::LogLevel::Warn);
        assert_eq!(serve.webhook_addresses.len(), 2);
        let source = |name: &str| rows.iter().find(|r| r.name == name).unwrap().source.clone();
        assert_eq!(source("per-key"), Source::CommandLine);
        assert_eq!(source("data"), Source::File(path.clone(), 2));
        assert_eq!(source("webhook-address"), Source::File(path.clone(), 6));
        assert_eq!(source("per-address"), Source::Default);
        // What a file switched on can be switched off.
        let (serve, _) =
            settled(&["serve", "--config", &config, "--forwarded=false", "--webhook-address", "10.9.9.9"]).unwrap();
        assert!(!serve.forwarded);
        assert_eq!(serve.webhook_addresses, ["10.9.9.9".parse::<std::net::IpAddr>().unwrap()]);
    }

    #[test]
    fn what_is_printed_is_a_file_that_says_the_same() {
        let words = ["serve", "--data", "/srv/a \"b\"", "--metrics", "127.0.0.1:9464", "--webhook-address", "10.0.0.1"];
        let (_, rows) = settled(&words).unwrap();
        let (_folder, path) = file(&printed(&rows));
        let (_, again) = settled(&["serve", "--config", &path.display().to_string()]).unwrap();
        let values = |rows: &[Row]| rows.iter().map(|r| (r.name.clone(), r.values.clone())).collect::<Vec<_>>();
        assert_eq!(values(&rows), values(&again));
        assert!(again.iter().filter(|r| !r.values.is_empty()).all(|r| matches!(r.source, Source::File(..))));
    }

    #[test]
    fn a_file_that_is_wrong_says_where_and_what() {
        for (text, want) in [
            (
                "data = \"d\"\n\nper-kye = 5",
                "line 3: \"per-kye\" is no setting. There are: data, database, blobs, listen,",
            ),
            ("per_key = 5", "line 1: \"per_key\" is no setting"),
            ("config = \"x\"", "line 1: \"config\" is no setting"),
            ("new-keys = true", "line 1: \"new-keys\" is no setting"),
            ("unsafe-synchronous-off = true", "line 1: \"unsafe-synchronous-off\" is no setting"),
            ("[server]\nlisten = \"127.0.0.1:1\"", "line 1: \"server\" is no setting"),
            ("per-key = 0", "line 1: per-key cannot be \"0\": 0 is not in 1..=1000000"),
            ("per-key = 1.5", "per-key takes text in quotes, a whole number, or true or false"),
            ("per-key = [5]", "per-key takes one value, not a list"),
            ("webhook-address = \"10.0.0.1\"", "webhook-address takes a list"),
            ("webhook-address = [\"ten\"]", "webhook-address cannot be \"ten\": invalid IP address syntax"),
            ("public-origin = \"http://reports.example.org\"", "must be https://HOST[:PORT], or http:// on localhost"),
            ("forwarded = \"maybe\"", "forwarded cannot be \"maybe\""),
            ("log = \"loud\"", "log cannot be \"loud\": possible values: off, error, warn, info"),
            ("a = 1\na = 2", "line 2: duplicate key"),
            ("data = ", "line 1: "),
        ] {
            let (_folder, path) = file(text);
            let error = settled(&["serve", "--data", "d", "--config", &path.display().to_string()]).unwrap_err();
            assert!(error.contains(want) && error.contains("spotter.toml"), "{text:?} said {error:?}");
        }
        let missing = settled(&["serve", "--config", "/nowhere/at-all.toml"]).unwrap_err();
        assert!(missing.contains("/nowhere/at-all.toml"), "{missing}");
        let (_folder, path) = file(&"# long\n".repeat(10_000));
        assert!(settled(&["serve", "--config", &path.display().to_string()]).unwrap_err().contains("larger than"));
    }

    #[test]
    fn without_a_data_folder_anywhere_it_says_so() {
        assert!(settled(&["serve"]).unwrap_err().contains("--data"));
        let (_folder, path) = file("per-key = 5");
        assert!(settled(&["serve", "--config", &path.display().to_string()]).unwrap_err().contains("--data"));
    }

    #[test]
    fn the_command_with_its_environment_is_consistent() {
        command().debug_assert();
        let command = command();
        let serve = command.find_subcommand("serve").unwrap();
        let env = |long: &str| serve.get_arguments().find(|a| a.get_long() == Some(long)).unwrap().get_env();
        assert_eq!(env("public-origin").unwrap(), "SPOTTER_PUBLIC_ORIGIN");
        assert_eq!((env("new-keys"), env("check")), (None, None));
    }
}
