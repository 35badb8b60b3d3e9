//! Companies: their hosts, languages, ways to be told, and the clauses of their policies. Knows no notice.

use super::sql::{Pool, Row};
use super::{Store, Tx, parse_word, word};
use crate::notices::Clause;
use crate::vault::{self, Vault};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

/// How a company is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A file for each notice, for a mail relay.
    Email,
    /// A signed request to the company's server.
    Webhook,
    /// The company asks with its token.
    Pull,
    /// A file a week for a spreadsheet.
    Csv,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Email, Self::Webhook, Self::Pull, Self::Csv];
}

/// A company.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its number; 0 before it is kept.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The hosts of its marketplaces.
    pub hosts: Vec<String>,
    /// BCP-47, the preferred one first.
    pub languages: String,
    /// How it is told.
    pub channel: Channel,
    /// Where it is written to.
    pub contact: String,
    /// The webhook's address, or empty.
    pub address: String,
    /// What signs requests to the webhook, sealed.
    pub secret: String,
    /// How it writes item ids, with `{id}`.
    pub item_format: String,
    /// Days that it has to answer.
    pub answer_days: i64,
}

impl Company {
    /// What its secret is sealed with.
    #[must_use]
    pub fn seal(&self) -> String {
        seal_of(self.id)
    }
}

fn seal_of(id: i64) -> String {
    format!("company:{id}:webhook")
}

const COLUMNS: &str =
    "SELECT id, name, languages, channel, contact, address, secret, item_format, answer_days FROM companies";

fn select(rest: &str) -> sqlx::AssertSqlSafe<String> {
    // Safe: both parts are literals of this file.
    sqlx::AssertSqlSafe(format!("{COLUMNS} {rest}"))
}

fn company(row: &Row) -> sqlx::Result<Company> {
    Ok(Company {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        hosts: vec![],
        languages: row.try_get(2)?,
        channel: parse_word(row.try_get(3)?)?,
        contact: row.try_get(4)?,
        address: row.try_get(5)?,
        secret: row.try_get(6)?,
        item_format: row.try_get(7)?,
        answer_days: row.try_get(8)?,
    })
}

async fn with_hosts(pool: &Pool, mut company: Company) -> sqlx::Result<Company> {
    company.hosts = sqlx::query_scalar("SELECT host FROM company_hosts WHERE company_id = $1 ORDER BY host")
        .bind(company.id)
        .fetch_all(pool)
        .await?;
    Ok(company)
}

/// Every company, by name.
///
/// # Errors
/// Where the database fails.
pub async fn all(pool: &Pool) -> sqlx::Result<Vec<Company>> {
    let mut companies = vec![];
    for row in sqlx::query(select("ORDER BY lower(name) LIMIT 500")).fetch_all(pool).await? {
        companies.push(with_hosts(pool, company(&row)?).await?);
    }
    Ok(companies)
}

/// One company.
///
/// # Errors
/// Where the database fails.
pub async fn find(pool: &Pool, id: i64) -> sqlx::Result<Option<Company>> {
    match sqlx::query(select("WHERE id = $1")).bind(id).fetch_optional(pool).await? {
        Some(row) => Ok(Some(with_hosts(pool, company(&row)?).await?)),
        None => Ok(None),
    }
}

/// The company of a marketplace's host.
///
/// # Errors
/// Where the database fails.
pub async fn of_host(pool: &Pool, host: &str) -> sqlx::Result<Option<Company>> {
    let row = sqlx::query(select("WHERE id = (SELECT company_id FROM company_hosts WHERE host = $1)"))
        .bind(host)
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(company).transpose()
}

/// The company that a pull's token belongs to.
///
/// # Errors
/// Where the database fails.
pub async fn of_token(pool: &Pool, hash: &[u8]) -> sqlx::Result<Option<Company>> {
    let row = sqlx::query(select("WHERE pull_hash = $1")).bind(hash).fetch_optional(pool).await?;
    row.as_ref().map(company).transpose()
}

/// Keeps a new company (`id` 0) or the changes of one. Its secrets stay as they are. Returns its number.
///
/// # Errors
/// Where a name or a host is another company's (a unique violation), or the database fails.
pub async fn keep(tx: &mut Tx, company: &Company, now: &str) -> sqlx::Result<i64> {
    let sql = if company.id == 0 {
        "INSERT INTO companies (name, languages, channel, contact, address, item_format, answer_days, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id"
    } else {
        "UPDATE companies SET name = $1, languages = $2, channel = $3, contact = $4, address = $5, item_format = $6, \
         answer_days = $7, changed_at = $8 WHERE id = $9 RETURNING id"
    };
    let query = sqlx::query_scalar(sql)
        .bind(&company.name)
        .bind(&company.languages)
        .bind(word(&company.channel))
        .bind(&company.contact)
        .bind(&company.address)
        .bind(&company.item_format)
        .bind(company.answer_days)
        .bind(now);
    let query = if company.id == 0 { query } else { query.bind(company.id) };
    let id: i64 = query.fetch_one(&mut **tx).await?;
    sqlx::query("DELETE FROM company_hosts WHERE company_id = $1").bind(id).execute(&mut **tx).await?;
    for host in &company.hosts {
        sqlx::query("INSERT INTO company_hosts (host, company_id) VALUES ($1, $2)")
            .bind(host)
            .bind(id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(id)
}

/// Seals the secrets that a version before this one kept as they are, and removes what was there from the file.
///
/// # Errors
/// Where the database fails.
pub async fn seal_old(store: &Store, vault: &Vault) -> sqlx::Result<usize> {
    let rows = sqlx::query("SELECT id, secret FROM companies WHERE secret <> ''").fetch_all(store.read()).await?;
    let all = rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect::<sqlx::Result<Vec<(i64, String)>>>()?;
    let old: Vec<(i64, String)> = all.into_iter().filter(|(_, secret)| !vault::is_sealed(secret)).collect();
    if old.is_empty() {
        return Ok(0);
    }
    let mut tx = store.begin_overwriting().await?;
    for (id, secret) in &old {
        sqlx::query("UPDATE companies SET secret = $1 WHERE id = $2")
            .bind(vault.seal(&seal_of(*id), secret))
            .bind(id)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    store.fold_log().await?;
    Ok(old.len())
}

/// Sets a new secret for the webhook, sealed, and the hash of a new token for the pull.
///
/// # Errors
/// Where the database fails.
pub async fn set_secrets(tx: &mut Tx, id: i64, sealed: &str, pull_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query("UPDATE companies SET secret = $1, pull_hash = $2 WHERE id = $3")
        .bind(sealed)
        .bind(pull_hash)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The clauses of a company's policy.
///
/// # Errors
/// Where the database fails.
pub async fn clauses(pool: &Pool, company_id: i64) -> sqlx::Result<Vec<Clause>> {
    let rows =
        sqlx::query("SELECT id, title, address, read_on FROM clauses WHERE company_id = $1 ORDER BY id LIMIT 100")
            .bind(company_id)
            .fetch_all(pool)
            .await?;
    rows.into_iter()
        .map(|r| Ok(Clause { id: r.try_get(0)?, title: r.try_get(1)?, address: r.try_get(2)?, read_on: r.try_get(3)? }))
        .collect()
}

/// Adds a clause.
///
/// # Errors
/// Where the database fails.
pub async fn add_clause(tx: &mut Tx, company_id: i64, clause: &Clause) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO clauses (company_id, title, address, read_on) VALUES ($1, $2, $3, $4)")
        .bind(company_id)
        .bind(&clause.title)
        .bind(&clause.address)
        .bind(&clause.read_on)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
