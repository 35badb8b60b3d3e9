//! Rows of a file on their way into a PostgreSQL server: every table, row by row, and once more side by side before they count.
//!
//! Owns: the order in which tables are filled, and the comparison. It knows no table: both schemas are asked what they have, and
//! must have the same. All of it is one transaction: the database has every row, or stays as it was.

use super::BackupError;
use crate::store::engine::{Address, Engine};
use crate::store::sql::{Connection, Db, Pool, Row};
use sqlx::{AssertSqlSafe, Executor, Row as _};
use std::collections::{BTreeMap, BTreeSet};

/// Rows that are read and written at once.
const ROWS: usize = 100;

/// A statement with what was bound to it.
type Query<'q> = sqlx::query::Query<'q, Db, <Db as sqlx::Database>::Arguments>;

/// What a column holds: there are no other types (decision 0097).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Fraction,
    Text,
    Bytes,
}

/// One value, or nothing, of its kind.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Number(Option<i64>),
    Fraction(Option<u64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl Cell {
    fn read(row: &Row, at: usize, kind: Kind) -> sqlx::Result<Self> {
        Ok(match kind {
            Kind::Number => Self::Number(row.try_get(at)?),
            // Their bits: what comes back is what went.
            Kind::Fraction => Self::Fraction(row.try_get::<Option<f64>, _>(at)?.map(f64::to_bits)),
            Kind::Text => Self::Text(row.try_get(at)?),
            Kind::Bytes => Self::Bytes(row.try_get(at)?),
        })
    }

    fn bind(self, query: Query<'_>) -> Query<'_> {
        match self {
            Self::Number(value) => query.bind(value),
            Self::Fraction(value) => query.bind(value.map(f64::from_bits)),
            Self::Text(value) => query.bind(value),
            Self::Bytes(value) => query.bind(value),
        }
    }

    const fn nothing(&self) -> Self {
        match self {
            Self::Number(_) => Self::Number(None),
            Self::Fraction(_) => Self::Fraction(None),
            Self::Text(_) => Self::Text(None),
            Self::Bytes(_) => Self::Bytes(None),
        }
    }
}

/// A table of the server.
#[derive(Debug, Default)]
struct Table {
    /// Names and kinds, but for those that the database makes from others.
    columns: Vec<(String, Kind)>,
    /// What its rows are told apart by.
    key: Vec<String>,
    /// Tables whose rows it points at, and by which column.
    links: Vec<(String, String)>,
    /// Columns that may be empty.
    open: BTreeSet<String>,
    /// Columns that point at rows which are not there yet when it is filled: they are written when all are.
    later: Vec<String>,
    /// Columns that the server counts up.
    counted: Vec<String>,
}

impl Table {
    fn list(&self) -> String {
        self.columns.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(", ")
    }

    /// Its key's columns, as they are written.
    fn key(&self) -> String {
        self.key.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
    }

    /// What of a row stands in a column.
    fn cell<'a>(&self, row: &'a [Cell], wanted: &str) -> Option<&'a Cell> {
        self.columns.iter().zip(row).find(|((column, _), _)| column == wanted).map(|(_, cell)| cell)
    }

    /// What tells a row apart.
    fn place(&self, row: &[Cell]) -> Vec<Cell> {
        self.key.iter().filter_map(|column| self.cell(row, column).cloned()).collect()
    }

    /// The rows behind this place, in the order of their keys.
    async fn page<'c>(
        &self,
        at: impl Executor<'c, Database = Db>,
        name: &str,
        behind: Option<Vec<Cell>>,
    ) -> sqlx::Result<Vec<Vec<Cell>>> {
        let behind = behind.unwrap_or_default();
        let (key, places) = (self.key(), (1..=behind.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", "));
        let from = if behind.is_empty() { String::new() } else { format!("WHERE ({key}) > ({places})") };
        let sql = format!("SELECT {} FROM {} {from} ORDER BY {key} LIMIT {ROWS}", self.list(), quoted(name));
        let query = behind.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, cell| cell.bind(query));
        query.fetch_all(at).await?.iter().map(|row| self.read(row)).collect()
    }

    fn read(&self, row: &Row) -> sqlx::Result<Vec<Cell>> {
        self.columns.iter().enumerate().map(|(at, (_, kind))| Cell::read(row, at, *kind)).collect()
    }
}

/// Safe in a statement: a name that a schema of ours gave.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Fills an empty database with the rows of a file, which is brought to the newest schema first.
///
/// # Errors
/// Where one of them fails, or what arrived is not what went.
pub(super) async fn rows(file: &Pool, own: &Engine, address: &Address) -> Result<Pool, BackupError> {
    own.migrator().run(file).await.map_err(sqlx::Error::from)?;
    let engine = Engine::server(address, true)?;
    let server = engine.alone().await?;
    engine.migrator().run(&server).await.map_err(sqlx::Error::from)?;
    let mut tx = server.begin_with(engine.begin()).await?;
    let mut tables = tables(&mut tx).await?;
    same_schema(file, &tables).await?;
    for name in in_order(&mut tables)? {
        fill(file, &mut tx, &name, &tables[&name]).await?;
    }
    for (name, table) in &tables {
        if !table.later.is_empty() {
            point(file, &mut tx, name, table).await?;
        }
        same_rows(file, &mut tx, name, table).await?;
        for column in &table.counted {
            let next = format!(
                "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), greatest(max({0}), 1), max({0}) IS NOT NULL) FROM {1}",
                quoted(column),
                quoted(name)
            );
            let connection: &mut Connection = &mut tx;
            sqlx::query(AssertSqlSafe(next)).fetch_one(connection).await?;
        }
    }
    tx.commit().await?;
    Ok(server)
}

/// What the server has.
async fn tables(tx: &mut Connection) -> Result<BTreeMap<String, Table>, BackupError> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let columns = "SELECT table_name::text, column_name::text, data_type::text, is_identity::text, is_nullable::text FROM information_schema.columns \
                   WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' AND is_generated = 'NEVER' ORDER BY 1, ordinal_position";
    let columns: Vec<(String, String, String, String, String)> = sqlx::query_as(columns).fetch_all(&mut *tx).await?;
    for (table, column, kind, identity, nullable) in columns {
        let kind = match kind.as_str() {
            "bigint" => Kind::Number,
            "double precision" => Kind::Fraction,
            "text" => Kind::Text,
            "bytea" => Kind::Bytes,
            other => return Err(BackupError::Moving(format!("{table}.{column} is of type {other}"))),
        };
        let entry = tables.entry(table).or_default();
        if identity == "YES" {
            entry.counted.push(column.clone());
        }
        if nullable == "YES" {
            entry.open.insert(column.clone());
        }
        entry.columns.push((column, kind));
    }
    let keys = "SELECT c.relname::text, a.attname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
                JOIN pg_namespace n ON n.oid = c.relnamespace JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k(at, place) ON true \
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.at \
                WHERE i.indisprimary AND n.nspname = 'public' ORDER BY 1, k.place";
    let keys: Vec<(String, String)> = sqlx::query_as(keys).fetch_all(&mut *tx).await?;
    for (table, column) in keys {
        if let Some(entry) = tables.get_mut(&table) {
            entry.key.push(column);
        }
    }
    let links = "SELECT c.relname::text, f.relname::text, a.attname::text FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid \
                 JOIN pg_class f ON f.oid = r.confrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (r.conkey) \
                 WHERE r.contype = 'f' ORDER BY 1, 2, 3";
    let links: Vec<(String, String, String)> = sqlx::query_as(links).fetch_all(&mut *tx).await?;
    for (table, other, column) in links {
        if let Some(entry) = tables.get_mut(&table) {
            entry.links.push((other, column));
        }
    }
    for (name, table) in &tables {
        if table.key.is_empty() {
            return Err(BackupError::Moving(format!("{name} has nothing to tell its rows apart by")));
        }
    }
    Ok(tables)
}

/// Whether the file has the same tables, with the same columns.
async fn same_schema(file: &Pool, tables: &BTreeMap<String, Table>) -> Result<(), BackupError> {
    let own = "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) p WHERE m.type = 'table' \
               AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name <> '_sqlx_migrations' AND p.hidden = 0";
    let own: Vec<(String, String)> = sqlx::query_as(own).fetch_all(file).await?;
    let own: BTreeSet<(&str, &str)> = own.iter().map(|(table, column)| (table.as_str(), column.as_str())).collect();
    let theirs: BTreeSet<(&str, &str)> = tables
        .iter()
        .flat_map(|(name, t)| t.columns.iter().map(move |(column, _)| (name.as_str(), column.as_str())))
        .collect();
    match own.symmetric_difference(&theirs).next() {
        None => Ok(()),
        Some((table, column)) => Err(BackupError::Moving(format!("only one of both schemas has {table}.{column}"))),
    }
}

/// Tables behind those that they point at. Where they point in a circle, a column that may be empty is left for later.
fn in_order(tables: &mut BTreeMap<String, Table>) -> Result<Vec<String>, BackupError> {
    let mut done: Vec<String> = vec![];
    while done.len() < tables.len() {
        let missing = |name: &str, table: &Table| -> Vec<String> {
            let known = |other: &String| other != name && done.contains(other);
            table.links.iter().filter(|(other, _)| !known(other)).map(|(_, column)| column.clone()).collect()
        };
        let mut waiting: Vec<(String, Vec<String>)> =
            tables.iter().filter(|(n, _)| !done.contains(n)).map(|(n, t)| (n.clone(), missing(n, t))).collect();
        waiting.sort_by_key(|(_, columns)| columns.len());
        let next = waiting.into_iter().find(|(name, columns)| columns.iter().all(|c| tables[name].open.contains(c)));
        let Some((name, later)) = next else {
            return Err(BackupError::Moving("tables point at each other in a circle".to_owned()));
        };
        if let Some(table) = tables.get_mut(&name) {
            table.later = later;
        }
        done.push(name);
    }
    Ok(done)
}

/// Writes every row, without what is left for later.
async fn fill(file: &Pool, tx: &mut Connection, name: &str, table: &Table) -> Result<(), BackupError> {
    let mut behind = None;
    loop {
        let mut rows = table.page(file, name, behind.take()).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        behind = Some(table.place(last));
        for (cell, (column, _)) in rows.iter_mut().flat_map(|row| row.iter_mut().zip(&table.columns)) {
            if table.later.contains(column) {
                *cell = cell.nothing();
            }
        }
        insert(tx, name, table, rows).await?;
    }
}

async fn insert(tx: &mut Connection, name: &str, table: &Table, rows: Vec<Vec<Cell>>) -> sqlx::Result<()> {
    let width = table.columns.len();
    let places = (0..rows.len()).map(|row| {
        let places: Vec<String> = (1..=width).map(|at| format!("${}", row * width + at)).collect();
        format!("({})", places.join(", "))
    });
    let rest = table.columns.iter().filter(|(column, _)| !table.key.contains(column));
    let rest: Vec<String> = rest.map(|(column, _)| format!("{0} = excluded.{0}", quoted(column))).collect();
    // A schema begins with rows of its own: they become what the file says.
    let there = if rest.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {}", rest.join(", ")) };
    let sql = format!(
        "INSERT INTO {} ({}) VALUES {} ON CONFLICT ({}) DO {there}",
        quoted(name),
        table.list(),
        places.collect::<Vec<_>>().join(", "),
        table.key()
    );
    let query = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    rows.into_iter().flatten().fold(query, |query, cell| cell.bind(query)).execute(tx).await.map(|_| ())
}

/// Writes what was left for later.
async fn point(file: &Pool, tx: &mut Connection, name: &str, table: &Table) -> Result<(), BackupError> {
    let places: Vec<String> =
        table.key.iter().enumerate().map(|(n, key)| format!("{} = ${}", quoted(key), n + 2)).collect();
    let mut behind = None;
    loop {
        let rows = table.page(file, name, behind.take()).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        behind = Some(table.place(last));
        for (row, column) in rows.iter().flat_map(|row| table.later.iter().map(move |column| (row, column))) {
            let Some(to) = table.cell(row, column).filter(|cell| **cell != cell.nothing()) else { continue };
            let sql = format!("UPDATE {} SET {} = $1 WHERE {}", quoted(name), quoted(column), places.join(" AND "));
            let query = to.clone().bind(sqlx::query(AssertSqlSafe(sql)));
            table.place(row).into_iter().fold(query, |query, cell| cell.bind(query)).execute(&mut *tx).await?;
        }
    }
}

/// Reads both side by side: the same rows, value by value, in the same order.
async fn same_rows(file: &Pool, tx: &mut Connection, name: &str, table: &Table) -> Result<(), BackupError> {
    let mut behind: Option<Vec<Cell>> = None;
    loop {
        let went = table.page(file, name, behind.clone()).await?;
        let came = table.page(&mut *tx, name, behind.take()).await?;
        if went != came {
            return Err(BackupError::Moving(format!("rows of {name} did not arrive as they went")));
        }
        let Some(last) = went.last() else { return Ok(()) };
        behind = Some(table.place(last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(links: &[(&str, &str)], open: &[&str]) -> Table {
        let links = links.iter().map(|(other, column)| ((*other).to_owned(), (*column).to_owned())).collect();
        Table { links, open: open.iter().map(|&c| c.to_owned()).collect(), ..Table::default() }
    }

    #[test]
    fn what_is_pointed_at_is_there_first() {
        let all = [
            ("a", table(&[("b", "b_id"), ("a", "of")], &["of"])),
            ("b", table(&[("c", "c_id")], &[])),
            ("c", table(&[("b", "kept_by")], &["kept_by"])),
        ];
        let mut tables: BTreeMap<String, Table> =
            all.into_iter().map(|(name, table)| (name.to_owned(), table)).collect();
        assert_eq!(in_order(&mut tables).unwrap(), ["c", "b", "a"]);
        assert_eq!(
            (&tables["c"].later[..], &tables["a"].later[..]),
            (&["kept_by".to_owned()][..], &["of".to_owned()][..])
        );
        assert!(tables["b"].later.is_empty());
        tables.insert("c".into(), table(&[("b", "kept_by")], &[]));
        assert!(in_order(&mut tables).is_err(), "a circle of columns that must be filled");
    }
}
