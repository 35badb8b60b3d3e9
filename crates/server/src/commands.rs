//! What the command line does beside a running server: invitations, devices, what is published, accepted terms.
//!
//! Owns: the checks before anything is stored, and one link in the audit chain for each change.

use crate::config::{Erase, Origin, Publish};
use crate::export::{self, Order};
use crate::notices::restored;
use crate::pdf::Typesetter;
use crate::sign::{self, decode};
use crate::store::depot;
use crate::store::devices::Invited;
use crate::store::engine::Address;
use crate::store::erasure::{self, Why};
use crate::store::published::{self, What};
use crate::store::steps::Actor;
use crate::store::suggestions::Term;
use crate::store::{Store, devices, organisations, suggestions};
use crate::{audit, backup, clock, random, server_keys};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use spotter_model::dsse::Envelope;
use spotter_model::programme::PROGRAMME_TYPE;
use spotter_model::{Date, Invitation, Programme, Tier, limits};
use std::path::Path;

/// Why a command could not do its work: a sentence for the person at the terminal.
pub type Failure = Box<dyn std::error::Error>;

/// How a public key of packs begins in its file.
const PUBLIC_KEY: &str = "wildlife-spotter pack public key 1 ";
/// Largest pack.
const PACK_BYTES: usize = 32 * 1024 * 1024;

/// A new invitation's link.
///
/// # Errors
/// Where the spotter to be replaced or the organisation is not known, the organisation takes part no more, or the store fails.
pub async fn invite(
    data: &Path,
    uses: u32,
    group: (String, Tier),
    (replaces, organisation): (Option<String>, Option<String>),
    origin: Option<Origin>,
) -> Result<String, Failure> {
    let store = Store::open(data, true).await?;
    let (key, _) = server_keys::open(&store, &data.join("secrets"), false).await?;
    let origin = match origin {
        Some(origin) => origin.as_str().to_owned(),
        None => store.meta("public_origin").await?.ok_or(
            "the server was never started here, so its address is not known: start it, or give --public-origin",
        )?,
    };
    let pack_keys = published::pack_keys(store.read()).await?.iter().map(sign::fingerprint).collect();
    let (code, now) = (random::token(), clock::stamp(clock::system()()));
    let mut tx = store.begin().await?;
    let mut new = Invited {
        uses: i64::from(uses),
        cohort: group.0,
        tier: group.1,
        replaces: None,
        organisation_id: organisations::FIRST,
    };
    if let Some(name) = replaces {
        let lost = devices::by_name(&mut tx, name.trim()).await?;
        let lost = lost.ok_or_else(|| format!("no spotter is called {name:?} here"))?;
        // The one who comes back is the one who left, unless this invitation says otherwise.
        if new.cohort.is_empty() {
            new.cohort.clone_from(&lost.cohort);
        }
        if new.tier == Tier::default() {
            new.tier = lost.tier;
        }
        new.organisation_id = devices::organisation_of(&mut tx, &lost).await?;
        new.replaces = Some(lost.key_id);
    }
    if let Some(short) = organisation {
        let called = organisations::called(&mut tx, short.trim()).await?;
        new.organisation_id = called.ok_or_else(|| format!("no organisation is called {short:?} here"))?.id;
    }
    let inviting = organisations::find_in(&mut tx, new.organisation_id).await?.ok_or("it has no organisation")?;
    if !inviting.takes_part() {
        return Err(format!("{:?} takes part no more, so it invites nobody", inviting.short).into());
    }
    devices::invite(&mut tx, &code, &new, &now).await?;
    let detail = format!("uses {uses}, organisation:{}", new.organisation_id);
    note(&mut tx, &now, "invitation.made", "", &detail).await?;
    tx.commit().await?;
    store.close().await;
    Ok(Invitation { origin, fingerprint: key.fingerprint().to_owned(), code, pack_keys }.to_string())
}

async fn note(
    tx: &mut crate::store::Tx,
    now: &str,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), sqlx::Error> {
    audit::append(tx, now, audit::Entry { actor: "command-line", action, subject, detail }).await
}

/// Signs the device of a spotter off.
///
/// # Errors
/// Where nobody has that name, or the store fails.
pub async fn revoke(data: &Path, name: &str) -> Result<String, Failure> {
    let store = Store::open(data, true).await?;
    let now = clock::stamp(clock::system()());
    let mut tx = store.begin().await?;
    let device = devices::by_name(&mut tx, name.trim()).await?;
    let device = device.ok_or_else(|| format!("no spotter is called {name:?} here"))?;
    devices::revoke(&mut tx, &device.key_id, &now).await?;
    note(&mut tx, &now, "device.revoked", &format!("device:{}", device.key_id), "").await?;
    tx.commit().await?;
    store.close().await;
    Ok(format!("{name} is signed off; nothing of that device is taken any more"))
}

/// Erases what cases say about a seller, or shows which cases they are.
///
/// # Errors
/// Where nothing is said for the audit, a case is held, or the store fails.
pub async fn erase(what: &Erase) -> Result<String, Failure> {
    let reason = what.reason.trim();
    if reason.is_empty() || reason.chars().count() > 200 || reason.chars().any(char::is_control) {
        return Err("--reason is one line of 1 to 200 characters".into());
    }
    if reason.to_lowercase().contains(what.seller.trim().to_lowercase().as_str()) {
        return Err("--reason stays in the audit for ever: no names in it".into());
    }
    let store = Store::open(&what.data, true).await?;
    let now = clock::stamp(clock::system()());
    let found = erasure::of_seller(store.reader(), what.marketplace.trim(), &what.seller).await?;
    let (mut ids, mut held) = (vec![], vec![]);
    for case in found.iter().filter(|c| c.erased_at.is_empty()) {
        match erasure::held_by(store.reader(), case, &now).await? {
            Some(why) => held.push(format!("case {}: {why}", case.id)),
            None => ids.push(case.id),
        }
    }
    let numbers = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
    let held = if held.is_empty() { String::new() } else { format!("\nnot erased: {}", held.join("; ")) };
    if !what.yes {
        store.close().await;
        return Ok(format!(
            "{} cases: {numbers}{held}\nnothing was done: give --yes to erase them for good",
            ids.len()
        ));
    }
    let done = erasure::erase(&store, &ids, &Why::Command(reason.to_owned()), Actor::Server, &now).await?;
    store.close().await;
    let left = if done.left.is_empty() { "nothing".to_owned() } else { done.left.join(" ") };
    Ok(format!(
        "erased: {} cases ({numbers}), {} reports, {} pictures, {} messages, {} suggestions\nleft before, whose receivers are to be told: {left}{held}",
        done.cases.len(),
        done.reports,
        done.pictures,
        done.contacts,
        done.suggestions
    ))
}

/// The bytes of a file, unless it is larger than `most`.
fn read_file(path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let size = std::fs::metadata(path).map_err(|e| format!("{name}: {e}"))?.len();
    if size > most as u64 {
        return Err(format!("{name}: {size} bytes, at most {most} are allowed").into());
    }
    Ok(std::fs::read(path).map_err(|e| format!("{name}: {e}"))?)
}

/// A public key's file, as `spotter lexicon keygen` writes it.
fn public_key(path: &Path) -> Result<[u8; 32], Failure> {
    let wrong = || format!("{}: this is no public key of packs", path.display());
    let bytes = read_file(path, 1024)?;
    let digits = std::str::from_utf8(&bytes).ok().and_then(|t| t.trim_end().strip_prefix(PUBLIC_KEY));
    let digits = digits.filter(|d| d.len() == 64 && d.is_ascii()).ok_or_else(wrong)?;
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    Ok(key)
}

/// Reads a signed programme: by one of these keys, within its bounds.
///
/// # Errors
/// A sentence for the coordinator.
pub fn programme(bytes: &[u8], keys: &[[u8; 32]]) -> Result<Programme, String> {
    let envelope: Envelope = serde_json::from_slice(bytes).map_err(|e| format!("this is no signed programme: {e}"))?;
    if envelope.payload_type != PROGRAMME_TYPE {
        return Err("this is signed for something else than a programme".to_owned());
    }
    let payload = STANDARD.decode(&envelope.payload).map_err(|_| "its payload is not base64".to_owned())?;
    let signed = envelope.signatures.iter().any(|s| {
        let Some(signature) = decode::<64>(&s.sig) else { return false };
        keys.iter()
            .any(|key| sign::fingerprint(key) == s.keyid && sign::verify(key, PROGRAMME_TYPE, &payload, &signature))
    });
    if !signed {
        return Err("it is not signed by a pack key that is published here: give its --pack-key first".to_owned());
    }
    Programme::read(&payload)
}

/// Whether a pack was signed by one of these keys, as its header says. Devices verify the signature.
fn pack_is_by(pack: &[u8], keys: &[[u8; 32]]) -> bool {
    let said = pack.get(88..120);
    pack.starts_with(b"SPOTPACK") && keys.iter().any(|key| said == Some(&<[u8; 32]>::from(Sha256::digest(key))[..]))
}

/// Puts in place what is given.
///
/// # Errors
/// The first thing that is not fit; then nothing was changed.
pub async fn publish(what: &Publish) -> Result<String, Failure> {
    let store = Store::open(&what.data, true).await?;
    let now = clock::stamp(clock::system()());
    let given = what.pack_key.iter().map(|path| public_key(path)).collect::<Result<Vec<_>, _>>()?;
    let keys = if given.is_empty() { published::pack_keys(store.read()).await? } else { given.clone() };
    let mut tx = store.begin().await?;
    let mut done = vec![];
    if !given.is_empty() {
        published::set(&mut tx, What::PackKeys, &given.concat(), &now).await?;
        note(
            &mut tx,
            &now,
            "published.pack_keys",
            "",
            &given.iter().map(sign::fingerprint).collect::<Vec<_>>().join(" "),
        )
        .await?;
        done.push(format!("{} pack keys", given.len()));
    }
    if let Some(path) = &what.programme {
        let bytes = read_file(path, 2 * limits::PROGRAMME_BYTES)?;
        let new = programme(&bytes, &keys).map_err(|e| format!("{}: {e}", path.display()))?;
        if let Some(old) = published::get(store.read(), What::Programme).await?
            && let Ok(old) = programme(&old, &keys)
            && old.serial >= new.serial
        {
            return Err(format!("the programme has number {}, number {} is in place", new.serial, old.serial).into());
        }
        published::set(&mut tx, What::Programme, &bytes, &now).await?;
        note(&mut tx, &now, "published.programme", "", &format!("number {}", new.serial)).await?;
        done.push(format!("programme number {} with {} rounds", new.serial, new.rounds.len()));
    }
    if let Some(path) = &what.pack {
        let bytes = read_file(path, PACK_BYTES)?;
        if !pack_is_by(&bytes, &keys) {
            let name = path.display();
            return Err(
                format!("{name}: not a pack that a published pack key signed; give its --pack-key first").into()
            );
        }
        published::set(&mut tx, What::Pack, &bytes, &now).await?;
        note(&mut tx, &now, "published.pack", "", &sign::sha256_hex(&bytes)).await?;
        done.push(format!("a pack of {} bytes", bytes.len()));
    }
    if done.is_empty() {
        return Err("nothing to publish: give --pack-key, --programme or --pack".into());
    }
    tx.commit().await?;
    store.close().await;
    Ok(format!("published: {}", done.join(", ")))
}

/// Writes a report's package into a new file.
///
/// # Errors
/// Where there is no such report, the file exists, or something fails.
pub async fn export(
    (data, fonts): (&Path, &Path),
    report: &str,
    file: &Path,
    release: Option<&str>,
) -> Result<String, Failure> {
    use std::io::Write as _;
    if release.is_some_and(|reason| reason.trim().is_empty() || reason.len() > limits::SHORT_BYTES) {
        return Err("a reason for releasing has 1 to 512 bytes".into());
    }
    let store = Store::open(data, true).await?;
    let (key, _) = server_keys::open(&store, &data.join("secrets"), false).await?;
    let io = |e: std::io::Error| format!("{}: {e}", file.display());
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).open(file).map_err(io)?;
    let now = clock::stamp(clock::system()());
    let order = Order { report, actor: "command-line", release, now: &now };
    let written = match export::export(&store, &key, &Typesetter::new(fonts), &order).await {
        Ok(archive) => out.write_all(&archive).and_then(|()| out.sync_all()).map_err(|e| io(e).into()),
        Err(error) => Err(Failure::from(error)),
    };
    if let Err(error) = written {
        std::fs::remove_file(file)?;
        return Err(error);
    }
    store.close().await;
    let said = if release.is_some() { "with what was sealed" } else { "the spotter's part is sealed" };
    Ok(format!("{}: report {report}, {said}", file.display()))
}

/// Writes the accepted terms as the source of an overlay, and says how many there are.
///
/// # Errors
/// Where there are none, the folder exists, or something fails.
pub async fn terms(data: &Path, folder: &Path, version: &str) -> Result<String, Failure> {
    let day: Date = version.replace('.', "-").parse().map_err(|_| "a version is a date such as 2026.11.26")?;
    let (year, month, date) = day.parts();
    let expires = Date::new(year + 1, month, date.min(28)).ok_or("a version is a date such as 2026.11.26")?;
    let store = Store::open(data, true).await?;
    let terms = suggestions::accepted(store.read()).await?;
    store.close().await;
    if terms.is_empty() {
        return Err("no term has been accepted yet".into());
    }
    let io = |e: std::io::Error| format!("{}: {e}", folder.display());
    std::fs::create_dir(folder).map_err(io)?;
    std::fs::create_dir(folder.join("words")).map_err(io)?;
    let pack = format!("version = \"{version}\"\nexpires = \"{expires}\"\n");
    std::fs::write(folder.join("pack.toml"), pack).map_err(io)?;
    let source = format!(
        "[[source]]\nid = \"programme-reviewers\"\ntitle = \"Terms that spotters saw and reviewers of the programme accepted\"\nyear = {year}\nlicence = \"own wording\"\n"
    );
    std::fs::write(folder.join("sources.toml"), source).map_err(io)?;
    for (lang, text) in files(&terms) {
        std::fs::write(folder.join("words").join(format!("{lang}.toml")), text).map_err(io)?;
    }
    Ok(format!(
        "{}: {} terms; compile it with spotter lexicon overlay, and sign that offline",
        folder.display(),
        terms.len()
    ))
}

/// One file of words for each language. JSON's strings are TOML's, as no control character was accepted.
fn files(terms: &[Term]) -> Vec<(String, String)> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut files: Vec<(String, String)> = vec![];
    for term in terms {
        let known = files.iter().position(|(lang, _)| *lang == term.lang);
        let at = known.unwrap_or_else(|| {
            let head = format!(
                "language = {}\nsource = \"programme-reviewers\"\nattested = \"observed\"\nreviewed = false\n[words]\n",
                quoted(&term.lang)
            );
            files.push((term.lang.clone(), head));
            files.len() - 1
        });
        files[at].1.push_str(&format!(
            "[[sourced]]\nconcept = {}\nwords = [{}]\nsource = \"programme-reviewers\"\nattested = \"observed\"\nsharing = \"enrolled\"\n",
            quoted(&term.concept),
            quoted(&term.word)
        ));
    }
    files
}

/// Makes a backup, and writes the keys apart from it where that was asked for.
///
/// # Errors
/// Where there is none, or a picture was lost: then the backup is whole but for it.
pub async fn backup(data: &Path, output: &Path, secrets: Option<&Path>) -> Result<String, Failure> {
    let made = backup::make(data, output, &clock::stamp(clock::system()())).await?;
    let keys = match secrets {
        Some(file) => {
            let count = backup::secrets::write(data, file)?;
            format!("{count} files of keys in {}: keep it somewhere else, and no older copy of it.", file.display())
        }
        None => "The keys in secrets/ are not in it: without their newest copy, kept somewhere else, nothing in it can be read.".to_owned(),
    };
    let said = format!(
        "backed up: {} reports, {} files, {} bytes, as of {}. {keys}",
        made.reports, made.files, made.bytes, made.made_at
    );
    if made.lost.is_empty() {
        return Ok(said);
    }
    let (count, first) = (made.lost.len(), &made.lost[0]);
    Err(format!(
        "{said}\nBut {count} pictures are missing or damaged in the data folder and so in the backup: {first} ..."
    )
    .into())
}

/// Restores a backup; without `data`, only says whether it is whole.
///
/// # Errors
/// Where it is not, or the folder cannot be filled.
pub async fn restore(
    from: &Path,
    data: Option<&Path>,
    secrets: Option<&Path>,
    into: (Option<&Address>, Option<&depot::Address>),
) -> Result<String, Failure> {
    let Some(data) = data else {
        let made = backup::restore::check(from)?;
        return Ok(format!(
            "whole: {} reports, {} files, {} bytes, as of {}",
            made.reports, made.files, made.bytes, made.made_at
        ));
    };
    let back = backup::restore::restore(from, data, secrets, into).await?;
    let made = &back.manifest;
    let mut said = vec![format!("restored: {} reports, {} files, as of {}.", made.reports, made.files, made.made_at)];
    said.push(match &back.audit {
        Ok(links) => format!("The audit chain has {links} links, unbroken."),
        Err(broken) => format!("WARNING: {broken}. It was so when the backup was made."),
    });
    if !back.keys {
        let key = &made.fingerprint;
        said.push(format!(
            "Before the first start, put the newest copy of secrets/ with the key {key} into the folder."
        ));
    }
    if !made.lost.is_empty() {
        said.push(format!("{} pictures were lost before the backup was made.", made.lost.len()));
    }
    if !made.outgoing.is_empty() {
        let (count, folder) = (made.outgoing.len(), restored::FOLDER);
        said.push(format!(
            "{count} files lay for a mail relay. The first start writes them into {folder}/: send those by hand that it had not fetched."
        ));
    }
    said.push("Start it with --hold-notices first: docs/operations.md says what to look at.".to_owned());
    Ok(said.join("\n"))
}
