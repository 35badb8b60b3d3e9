//! Old rounds' and term spreadsheets, for leads: a file, what its columns are, what each row would bring, and then the import. Owns the
//! pages.
//!
//! Nothing is kept of a file between the steps: its table travels in the form, and the preview is the import itself in a transaction
//! that is dropped.

use super::session::{Halt, Reviewer};
use super::{error_page, figure, layout, text, words};
use crate::app::Shared;
use crate::imports::columns::{Columns, fields, head_mark};
use crate::imports::finds::{self, Order};
use crate::imports::sheet::{self, BYTES, Sheet};
use crate::imports::{Kind, Unfit, terms};
use crate::sign::sha256_hex;
use crate::store::imports::{self as store, By, Count, Effect, ROWS};
use crate::store::{parse_word, word};
use axum::Router;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use spotter_survey::table::{Cell, Table};

/// Largest form: the table as it is written down once more, and the fields.
const FORM_BYTES: usize = 2 * BYTES + 64 * 1024;
/// Most fields of a form.
const FIELDS: usize = sheet::COLUMNS + 10;
/// Longest name of a file that is kept, in characters.
const NAME_CHARS: usize = 100;

/// The routes.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/console/imports", get(page).post(post).layer(DefaultBodyLimit::max(FORM_BYTES)))
        .route("/console/trends/imported", get(past))
        .route("/console/trends/imported/{name}", get(past_csv))
}

const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Rounds => "finds of past rounds",
        Kind::Terms => "a list of terms",
    }
}

/// The form that a file is chosen in, and what was imported before.
async fn start(app: &Shared, reviewer: &Reviewer, fault: Option<&str>) -> Result<Markup, Halt> {
    let made = store::all(app.store.read()).await?;
    Ok(html! {
        h1 { "Import spreadsheets" }
        p.muted.class-lead { "Finds of past rounds become figures of their own, never cases. Terms become suggestions that wait under Terms, never words of a pack." }
        @if let Some(fault) = fault { p.alert role="alert" { b { "Nothing was changed. " } (text::line(fault, 300)) } }
        form.card.term method="post" action="/console/imports" enctype="multipart/form-data" {
            h2 { "Choose a file" }
            (layout::csrf(reviewer))
            div.fields.tall {
                label { span { "What is in it" } select name="kind" { @for kind in Kind::ALL { option value=(word(&kind)) { (kind_words(kind)) } } } }
                label { span { "File" } input type="file" name="file" required accept=".csv,.tsv,.txt,.xlsx"; }
            }
            p.muted { "CSV with commas, semicolons or tabs, or the first sheet of an .xlsx workbook; headings in the first row; at most 4 MiB, 5,000 rows and 40 columns. Of a link and a spotter's pseudonym only a keyed mark is kept. Take columns with names of sellers out before." }
            div.buttons { button.primary { "See what it says" } }
        }
        @if !made.is_empty() {
            section.card.term {
                h2 { "Imported so far" }
                div.scroll tabindex="0" role="region" aria-label="Imported so far" { table.class {
                    thead { tr { th scope="col" { "File" } th scope="col" { "What" } th.num scope="col" { "Rows" } th.num scope="col" { "New" } th scope="col" { "By" } th scope="col" { "When" } } }
                    tbody { @for m in &made { tr {
                        th scope="row" { (text::line(&m.name, 60)) } td { (kind_words(m.kind)) } td.num { (m.lines) } td.num { (m.taken) }
                        td { (text::line(&m.reviewer, 64)) } td { (words::time(&m.at)) }
                    } } }
                } }
            }
        }
        p.row { a.button href="/console/trends/imported" { "Past rounds, imported" } a.button href="/console/terms" { "Terms" } }
    })
}

/// `GET /console/imports`.
///
/// # Errors
/// The page that says why not.
pub async fn page(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let body = start(&app, &reviewer, None).await?;
    Ok(layout::page(Some(&app), Some(&reviewer), "Import spreadsheets", &body))
}

/// What was posted.
#[derive(Default)]
struct Sent {
    fields: Vec<(String, String)>,
    /// The file's name and bytes.
    file: Option<(String, Vec<u8>)>,
}

impl Sent {
    async fn read(mut form: Multipart) -> Option<Self> {
        let mut sent = Self::default();
        while let Some(field) = form.next_field().await.ok()? {
            let name = field.name()?.to_owned();
            if sent.fields.len() > FIELDS {
                return None;
            }
            if name == "file" {
                let called = field.file_name().unwrap_or_default().to_owned();
                sent.file = Some((called, field.bytes().await.ok()?.to_vec()));
            } else {
                sent.fields.push((name, field.text().await.ok()?));
            }
        }
        Some(sent)
    }

    fn one(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }
}

/// A table and what its columns are.
struct Asked {
    kind: Kind,
    name: String,
    sheet: Sheet,
    columns: Columns,
    order: Order,
}

impl Asked {
    /// By which what was shown is known again.
    fn sha256(&self) -> String {
        let parts =
            [word(&self.kind), self.columns.kept(), word(&self.order), head_mark(&self.sheet.head), self.sheet.text()];
        sha256_hex(parts.join("\n").as_bytes())
    }
}

/// What a row brings.
struct Done {
    line: u64,
    shown: String,
    what: Result<Effect, Unfit>,
}

/// `POST /console/imports`.
///
/// # Errors
/// The page that says why not.
pub async fn post(
    State(app): State<Shared>,
    reviewer: Reviewer,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Halt> {
    let Ok(form) = form else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    let Some(sent) = Sent::read(form).await else { return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY)) };
    reviewer.check(sent.one("csrf"))?;
    let Ok(kind) = parse_word::<Kind>(sent.one("kind").to_owned()) else {
        return Ok(error_page(StatusCode::UNPROCESSABLE_ENTITY));
    };
    let (said, keep) = (!sent.one("step").is_empty(), sent.one("step") == "keep");
    let (asked, seen) = match asked(&app, kind, sent).await? {
        Ok(both) => both,
        Err(fault) => {
            let body = start(&app, &reviewer, Some(&fault)).await?;
            let page = layout::page(Some(&app), Some(&reviewer), "Import spreadsheets", &body);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let sha256 = asked.sha256();
    let changed = keep && seen != sha256;
    let (me, now) = (reviewer.session.reviewer_id, app.now());
    let mut tx = app.store.begin().await?;
    let id = store::begin(&mut tx, kind, (&asked.name, &sha256), me, &now).await?;
    let done = match apply(&app, &mut tx, id, &asked, &now).await? {
        Ok(done) => done,
        Err(missing) => {
            drop(tx);
            let body = preview(&reviewer, &asked, &[], Some(missing), &sha256);
            return Ok(layout::page(Some(&app), Some(&reviewer), "Import spreadsheets", &body).into_response());
        }
    };
    let new = done.iter().filter(|d| d.what == Ok(Effect::New)).count();
    if !keep || changed || new == 0 {
        drop(tx);
        let note = changed.then_some("The columns were changed since they were shown. Look at it once more.");
        // What somebody said of these headings is known next time, whether or not the rows are taken.
        if said {
            let mut tx = app.store.begin().await?;
            store::keep_columns(&mut tx, kind, &asked.sheet.head, &asked.columns).await?;
            tx.commit().await?;
        }
        let body = preview(&reviewer, &asked, &done, note, &sha256);
        return Ok(layout::page(Some(&app), Some(&reviewer), "Import spreadsheets", &body).into_response());
    }
    store::keep_columns(&mut tx, kind, &asked.sheet.head, &asked.columns).await?;
    store::end(&mut tx, id, (kind, &sha256), (done.len(), new), me, &now).await?;
    tx.commit().await?;
    let (to, named) = match kind {
        Kind::Rounds => ("/console/trends/imported", "Past rounds, imported"),
        Kind::Terms => ("/console/terms", "To the terms"),
    };
    let body = html! {
        section.card.narrow {
            h1 { "Imported" }
            p role="status" { (words::count(new, "row is new", "rows are new")) ", of " (done.len()) "." }
            p { a.button.primary href=(to) { (named) } " " a.button href="/console/imports" { "Another file" } }
        }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Imported", &body).into_response())
}

/// The table that was posted, with what its columns are: as it was said, as it was said before, or guessed. And what was shown of it.
async fn asked(app: &Shared, kind: Kind, mut sent: Sent) -> Result<Result<(Asked, String), String>, Halt> {
    let (file, table) = (sent.file.take(), sent.one("table").to_owned());
    let name = match &file {
        Some((name, _)) => name.clone(),
        None => sent.one("name").to_owned(),
    };
    let name: String =
        text::visible(name.rsplit(['/', '\\']).next().unwrap_or_default()).chars().take(NAME_CHARS).collect();
    // A workbook takes a moment to unpack, and whatever breaks its reader breaks nothing else.
    let _one = app.imports.lock().await;
    let read = tokio::task::spawn_blocking(move || match &file {
        Some((_, bytes)) => sheet::read(bytes),
        None => sheet::again(&table),
    });
    let sheet = match read.await {
        Ok(Ok(sheet)) => sheet,
        Ok(Err(why)) => return Ok(Err(why)),
        Err(_) => return Ok(Err("The file cannot be read.".to_owned())),
    };
    let columns = if sent.one("step").is_empty() {
        let known = store::columns(app.store.read(), kind, &sheet.head).await?;
        known.unwrap_or_else(|| Columns::guess(kind, &sheet.head))
    } else {
        let names: Vec<String> = (0..sheet.head.len()).map(|n| format!("c{n}")).collect();
        Columns::said(kind, names.iter().map(|name| sent.one(name)), sheet.head.len())
    };
    let order = parse_word(sent.one("order").to_owned()).unwrap_or_else(|_| finds::order(&sheet, &columns));
    Ok(Ok((Asked { kind, name, sheet, columns, order }, sent.one("seen").to_owned())))
}

async fn apply(
    app: &Shared,
    tx: &mut crate::store::Tx,
    id: i64,
    asked: &Asked,
    now: &str,
) -> Result<Result<Vec<Done>, &'static str>, Halt> {
    let mut all = vec![];
    match asked.kind {
        Kind::Rounds => {
            let rows = match finds::read(&asked.sheet, &asked.columns, asked.order, app.today()) {
                Ok(rows) => rows,
                Err(missing) => return Ok(Err(missing)),
            };
            for (line, find) in rows {
                let (shown, what) = match find {
                    Ok(find) => {
                        let group = find.group.map_or("no group", |g| g.word());
                        let shown = [
                            find.day.to_string().as_str(),
                            &find.marketplace,
                            &words::plain(group),
                            &find.words,
                            &word(&find.outcome),
                        ]
                        .iter()
                        .filter(|part| !part.is_empty())
                        .copied()
                        .collect::<Vec<_>>()
                        .join(" \u{b7} ");
                        (shown, Ok(store::keep_find(tx, id, &find).await?))
                    }
                    Err(unfit) => (String::new(), Err(unfit)),
                };
                all.push(Done { line, shown, what });
            }
        }
        Kind::Terms => {
            let rows = match terms::read(&asked.sheet, &asked.columns, now) {
                Ok(rows) => rows,
                Err(missing) => return Ok(Err(missing)),
            };
            for (line, term) in rows {
                let (shown, what) = match term {
                    Ok(term) => {
                        let group = term.group.map_or("", |g| g.word());
                        let shown = [term.text.as_str(), &term.lang, &words::plain(group), &term.meaning]
                            .iter()
                            .filter(|part| !part.is_empty())
                            .copied()
                            .collect::<Vec<_>>()
                            .join(" \u{b7} ");
                        (shown, Ok(store::keep_term(tx, id, &term, now).await?))
                    }
                    Err(unfit) => (String::new(), Err(unfit)),
                };
                all.push(Done { line, shown, what });
            }
        }
    }
    Ok(Ok(all))
}

fn outcome(done: &Done) -> Markup {
    html! { @match &done.what {
        Ok(Effect::New) => { "new" },
        Ok(Effect::Before) => { "imported before" },
        Ok(Effect::Accepted) => { "a word already" },
        Err(Unfit(why)) => { b { "left out: " } (text::line(why, 200)) },
    } }
}

fn preview(reviewer: &Reviewer, asked: &Asked, done: &[Done], note: Option<&str>, sha256: &str) -> Markup {
    let count = |what: &dyn Fn(&Done) -> bool| done.iter().filter(|d| what(d)).count();
    let (new, unfit) = (count(&|d| d.what == Ok(Effect::New)), count(&|d| d.what.is_err()));
    html! {
        h1 { "Import spreadsheets" }
        form.card.term method="post" action="/console/imports" enctype="multipart/form-data" {
            h2 { "What the columns of " (text::line(&asked.name, 60)) " are" }
            @if let Some(note) = note { p.alert role="alert" { (note) } }
            (layout::csrf(reviewer))
            input type="hidden" name="kind" value=(word(&asked.kind));
            input type="hidden" name="name" value=(asked.name);
            input type="hidden" name="seen" value=(sha256);
            input type="hidden" name="table" value=(asked.sheet.text());
            div.fields.tall {
                @for (n, heading) in asked.sheet.head.iter().enumerate() {
                    label {
                        span { @if heading.is_empty() { "Column " (n + 1) } @else { (text::line(heading, 60)) } }
                        select name={ "c" (n) } {
                            option value="" { "not needed" }
                            @for (word, name) in fields(asked.kind) { option value=(word) selected[asked.columns.word(n) == word] { (name) } }
                        }
                    }
                }
                @if asked.kind == Kind::Rounds {
                    label { span { "Days such as 3/5/2024" } select name="order" {
                        option value="day_first" selected[asked.order == Order::DayFirst] { "day first: 3 May" }
                        option value="month_first" selected[asked.order == Order::MonthFirst] { "month first: 5 March" }
                    } }
                }
            }
            p.muted { "Guessed from the headings, or as it was said the last time these headings came." }
            p { b { (words::count(new, "row is new", "rows are new")) ". " } (done.len() - new - unfit) " known already, " (unfit) " left out. Nothing has changed yet." }
            div.buttons {
                button name="step" value="look" { "See what it does" }
                @if new > 0 { button.primary name="step" value="keep" { "Import " (words::count(new, "row", "rows").to_lowercase()) } }
            }
        }
        @if !done.is_empty() { section.figure {
            h2.under { "What each row does" }
            div.scroll tabindex="0" role="region" aria-label="What each row does" {
                table.class {
                    caption.sr { "What each row does" }
                    thead { tr { th.num scope="col" { "Line" } th scope="col" { "What it brings" } th scope="col" { "What it says" } } }
                    tbody { @for d in done { tr { th.num scope="row" { (d.line) } td { (outcome(d)) } td { (text::line(&d.shown, 200)) } } } }
                }
            }
        } }
        p.row { a.button href="/console/imports" { "Another file" } }
    }
}

/// The tables of past rounds, in the order in which they are shown.
pub const TABLES: [(&str, &str, &str, By); 4] = [
    ("months", "By month", "Month", By::Month),
    ("marketplaces", "By marketplace", "Marketplace", By::Marketplace),
    ("groups", "By group", "Group", By::Group),
    ("words", "By the list's own words", "Words", By::Words),
];

const NOTE: &str =
    "Imported from spreadsheets of past rounds. Nobody here decided these finds, and they are in no other figure.";

fn table((id, title, head, by): (&str, &str, &str, By), counts: &[Count]) -> Table {
    let name = |value: &str| match (value, by) {
        ("", _) => "Not known".to_owned(),
        (group, By::Group) => words::mark(group),
        (other, _) => text::attribute(other),
    };
    let columns = [head, "Finds", "Confirmed", "Removed", "Not confirmed", "Unclear", "Links", "Spotters"];
    let row = |c: &Count| {
        let [confirmed, removed, not, unclear] = c.outcomes;
        let numbers = [c.finds, confirmed, removed, not, unclear, c.listings, c.spotters].map(Cell::Count);
        std::iter::once(Cell::Text(name(&c.value))).chain(numbers).collect()
    };
    let note = if counts.len() as i64 >= ROWS { format!("The first {ROWS}. {NOTE}") } else { NOTE.to_owned() };
    Table {
        id: id.to_owned(),
        title: format!("{title}, imported"),
        note,
        columns: columns.map(str::to_owned).to_vec(),
        heads: 1,
        rows: counts.iter().map(row).collect(),
    }
}

/// `GET /console/trends/imported`.
///
/// # Errors
/// The page that says why not.
pub async fn past(State(app): State<Shared>, reviewer: Reviewer) -> Result<Markup, Halt> {
    let mut all = vec![];
    for one in TABLES {
        let mut made = table(one, &store::counts(app.store.reader(), one.3).await?);
        // Each file says it; the page says it once.
        made.note.truncate(made.note.len() - NOTE.len());
        all.push(made);
    }
    let body = html! {
        h1 { "Past rounds, imported" }
        p.muted.class-lead { (NOTE) " What each list called confirmed or removed is its own." }
        p.row {
            a.button href="/console/trends" { "Trends" }
            @if reviewer.may("GET", "/console/imports") { a.button href="/console/imports" { "Import spreadsheets" } }
        }
        @for t in &all { (figure::table(t, None, &format!("/console/trends/imported/{}", t.id))) }
    };
    Ok(layout::page(Some(&app), Some(&reviewer), "Past rounds, imported", &body))
}

/// `GET /console/trends/imported/{name}`: one table as CSV.
///
/// # Errors
/// The page that says why not.
pub async fn past_csv(
    State(app): State<Shared>,
    _reviewer: Reviewer,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Halt> {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let Some(one) = TABLES.into_iter().find(|(id, ..)| *id == name) else {
        return Ok(error_page(StatusCode::NOT_FOUND));
    };
    let counts = store::counts(app.store.reader(), one.3).await?;
    Ok(figure::csv(&format!("imported-{name}"), &table(one, &counts)))
}
