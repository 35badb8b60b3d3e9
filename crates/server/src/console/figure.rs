//! A table of figures on a page, with its chart above it and its file below. Owns how figures look; knows none of them.

use super::text;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use spotter_survey::chart::Chart;
use spotter_survey::table::{Cell, Table};

/// A table, its chart with its address where there is one, and where it is as CSV.
pub fn table(t: &Table, chart: Option<(&Chart, String)>, csv: &str) -> Markup {
    let number =
        |column: usize| t.rows.iter().all(|r| r[column].shown().parse::<f64>().is_ok() || r[column] == Cell::Nothing);
    html! {
        section.figure id=(t.id) {
            h2.under { (t.title) }
            @if !t.note.is_empty() { p.muted.class-lead { (text::line(&t.note, 600)) } }
            @if t.rows.is_empty() { p { "Nothing yet." } }
            @else {
                @if let Some((chart, address)) = &chart { img.chart src=(address) alt=(text::attribute(&chart.words())); }
                div.scroll tabindex="0" role="region" aria-label=(t.title) {
                    table.class {
                        caption.sr { (t.title) }
                        thead { tr { @for (n, c) in t.columns.iter().enumerate() { @if n >= t.heads && number(n) { th.num scope="col" { (text::line(c, 80)) } } @else { th scope="col" { (text::line(c, 80)) } } } } }
                        tbody { @for row in &t.rows { tr { @for (n, cell) in row.iter().enumerate() {
                            @if n < t.heads { th scope="row" { (text::line(&cell.shown(), 120)) } }
                            @else if number(n) { td.num { (cell.shown()) } }
                            @else { td { (text::line(&cell.shown(), 120)) } }
                        } } } }
                    }
                }
                p.muted { a href=(csv) { "As CSV" } }
            }
        }
    }
}

/// A table as a file. `name` is one of ours: plain letters, digits and hyphens.
pub fn csv(name: &str, table: &Table) -> Response {
    csv_text(name, table.csv())
}

/// Rows as a file.
pub fn csv_text(name: &str, rows: String) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    (headers, rows).into_response()
}

/// A chart as a picture.
pub fn svg(chart: &Chart) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"))], chart.svg()).into_response()
}
