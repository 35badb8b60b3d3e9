//! Resolves listings: the checklist's row for a taxon, else the nearest rule above it.
//!
//! Owns: lineage, inheritance, exceptions, dates of changes, annexes and groups. Never: reads a file.

use super::super::source::Problem;
use super::files::{AnnexEntry, Change, Rule};
use super::{DecidedBy, Decision, Entry, ListedEntry, Parts, Rank, Status, checklist, id, names};
use crate::lexicon::EuAnnex;
use spotter_model::{Appendix, Group};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Above this many, taxa below a genus or family are not named one by one in its population.
const NAMED_BELOW: usize = 3;
/// Ranks from subspecies to order, and a few to spare: a longer path runs in a circle.
const LONGEST_PATH: usize = 8;

/// Puts the register together.
///
/// # Errors
/// Everything that is wrong.
pub fn assemble(parts: &Parts) -> Result<Vec<Entry>, Vec<Problem>> {
    let mut tree = Tree::plant(parts);
    tree.hang_rules(parts);
    tree.check_annexes(parts);
    let named = tree.named(parts);
    let mut decided: BTreeMap<&str, (Vec<ListedEntry>, Decision)> = BTreeMap::new();
    for name in named.keys() {
        decided.insert(name, tree.resolve(name));
    }
    let plain: HashMap<&str, BTreeSet<Appendix>> =
        decided.iter().map(|(&name, (listings, _))| (name, appendices(listings))).collect();
    let below = tree.below(&plain, parts);
    let changes = Changes::of(parts, &tree);
    let mut entries = vec![];
    for (name, about) in &named {
        let (mut listings, mut decision) = decided.remove(name.as_str()).unwrap_or_default();
        if about.domestic || about.unlisted {
            listings.clear();
            decision = Decision::nothing(name);
        }
        let rank = tree.rank(name);
        if rank == Rank::Family && listings.is_empty() && !about.called {
            // Some genera of a family that is not listed as such: its name alone says nothing.
            continue;
        }
        changes.apply(&tree.path(name), &decision, &mut listings);
        if rank < Rank::Subspecies && !about.unlisted {
            add_below(below.get(name.as_str()), rank, &mut listings, &mut decision, name);
        }
        let Some(group) = tree.group(name) else {
            tree.problem("groups.toml", name, "no group is given for it or for anything above it: add it there");
            continue;
        };
        entries.push(Entry {
            id: id(name),
            scientific_name: name.clone(),
            rank,
            group,
            synonyms: about.synonyms.iter().filter(|s| !named.contains_key(*s)).cloned().collect(),
            eu_annex: if about.domestic { vec![] } else { tree.annexes(name, &listings, parts) },
            listings,
            domestic: about.domestic,
            decision,
            names: vec![],
        });
    }
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    for pair in entries.windows(2) {
        if pair[0].id == pair[1].id {
            tree.problem("", &pair[0].scientific_name, "another taxon has the same id: ids must differ");
        }
    }
    tree.problems.extend(changes.problems);
    if let (Some(official), Some(ambiguous)) = (&parts.official, &parts.ambiguous) {
        names::attach(&mut entries, &parts.names, official, ambiguous, &mut tree.problems);
    }
    if tree.problems.is_empty() { Ok(entries) } else { Err(tree.problems) }
}

impl Decision {
    fn nothing(name: &str) -> Self {
        Self { by: DecidedBy::Nothing, taxon: name.to_owned(), source: String::new(), status: Status::Secondary }
    }
}

impl Default for Decision {
    fn default() -> Self {
        Self::nothing("")
    }
}

/// One place in the lineage.
struct Node<'a> {
    rank: Rank,
    parent: Option<String>,
    group: Option<Group>,
    /// The checklist's own row.
    row: Option<&'a [ListedEntry]>,
    /// The rule that names it.
    rule: Option<(&'a Rule, &'a str)>,
}

/// What is known of a name that the register holds.
#[derive(Default)]
struct About {
    synonyms: BTreeSet<String>,
    unlisted: bool,
    domestic: bool,
    /// Official names are known to belong below it, though not to which taxon.
    called: bool,
}

struct Tree<'a> {
    nodes: BTreeMap<String, Node<'a>>,
    /// Accepted names by what the checklist takes as a synonym.
    accepted: HashMap<&'a str, &'a str>,
    checklist_source: &'a str,
    problems: Vec<Problem>,
}

/// A name and the synonyms that follow it in a lineage file.
fn split_names(text: &str) -> (&str, impl Iterator<Item = &str>) {
    let mut names = text.split(" = ").map(str::trim);
    (names.next().unwrap_or(""), names)
}

fn rank_of(name: &str) -> Rank {
    match name.split(' ').count() {
        1 => Rank::Genus,
        2 => Rank::Species,
        _ => Rank::Subspecies,
    }
}

fn appendices(listings: &[ListedEntry]) -> BTreeSet<Appendix> {
    listings.iter().filter(|l| l.until.is_none()).map(|l| l.appendix).collect()
}

impl<'a> Tree<'a> {
    /// Every name with what stands above it.
    fn plant(parts: &'a Parts) -> Self {
        let mut tree = Self {
            nodes: BTreeMap::new(),
            accepted: HashMap::new(),
            checklist_source: &parts.checklist_source,
            problems: vec![],
        };
        for row in &parts.checklist {
            tree.branch(&row.name, row.rank, &row.family, &row.order, Some(&row.class));
            if let Some(node) = tree.nodes.get_mut(&row.name) {
                node.row = Some(&row.listings);
            }
            for synonym in &row.synonyms {
                tree.accepted.entry(synonym).or_insert(&row.name);
            }
        }
        for (_, file) in &parts.lineages {
            for family in &file.family {
                tree.branch(&family.name, Rank::Family, "", &family.order, None);
                if let Some(node) = tree.nodes.get_mut(&family.name) {
                    node.group.get_or_insert(file.group);
                }
                for text in family.genera.iter().chain(&family.species).chain(&family.unlisted) {
                    let name = split_names(text).0;
                    tree.branch(name, rank_of(name), &family.name, &family.order, None);
                    if let Some(node) = tree.nodes.get_mut(name) {
                        node.group.get_or_insert(file.group);
                    }
                }
            }
        }
        if let Some(file) = &parts.domestic {
            for (group, names) in &file.domestic {
                for name in names {
                    tree.branch(name, rank_of(name), "", "", None);
                    if let Some(node) = tree.nodes.get_mut(name) {
                        node.group = Some(*group);
                    }
                }
            }
        }
        if let Some(file) = &parts.groups {
            for (group, names) in &file.groups {
                for name in names {
                    match tree.nodes.get_mut(name) {
                        Some(node) => node.group = Some(*group),
                        None => tree.problem("groups.toml", name, "nothing in the register has this name"),
                    }
                }
            }
        }
        tree
    }

    /// Adds a name with all that stands above it, as far as that is not known yet.
    fn branch(&mut self, name: &str, rank: Rank, family: &str, order: &str, class: Option<&str>) {
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if let Some(class) = class {
            self.node(class, Rank::Order, None);
        }
        if !order.is_empty() {
            self.node(order, Rank::Order, class.and_then(known));
        }
        if !family.is_empty() {
            self.node(family, Rank::Family, known(order));
        }
        let above = known(family).or_else(|| known(order)).or_else(|| class.and_then(known));
        let mut words = name.split(' ');
        let genus = words.next().unwrap_or("");
        let species = words.next().map(|epithet| format!("{genus} {epithet}"));
        match rank {
            Rank::Order | Rank::Family | Rank::Genus => self.node(name, rank, above),
            Rank::Species => {
                self.node(genus, Rank::Genus, above);
                self.node(name, rank, known(genus));
            }
            Rank::Subspecies => {
                self.node(genus, Rank::Genus, above);
                if let Some(species) = &species {
                    self.node(species, Rank::Species, known(genus));
                }
                self.node(name, rank, species);
            }
        }
    }

    fn node(&mut self, name: &str, rank: Rank, parent: Option<String>) {
        let node = self.nodes.entry(name.to_owned()).or_insert(Node {
            rank,
            parent: None,
            group: None,
            row: None,
            rule: None,
        });
        if node.parent.is_none() {
            node.parent = parent;
        }
    }

    fn hang_rules(&mut self, parts: &'a Parts) {
        for (path, file) in &parts.rules {
            for rule in &file.rule {
                for name in &rule.taxa {
                    let source = rule.source.as_deref().unwrap_or(&file.source);
                    match self.nodes.get_mut(name) {
                        None => self.problem(path, name, "no file under lineage/ names it: add it there"),
                        Some(node) if node.rule.is_some() => {
                            self.problem(path, name, "another rule names it: say everything in one");
                        }
                        Some(node) => node.rule = Some((rule, source)),
                    }
                }
            }
        }
    }

    fn check_annexes(&mut self, parts: &Parts) {
        for name in parts.annexes.iter().flat_map(|f| &f.annex).flat_map(|a| &a.taxa) {
            if !self.nodes.contains_key(name) {
                self.problem("eu-annex.toml", name, "nothing in the register has this name: correct it");
            }
        }
    }

    fn problem(&mut self, file: &str, entry: &str, what: &str) {
        let file = if file.starts_with("register") { file.to_owned() } else { format!("register/{file}") };
        self.problems.push(Problem::new(&file, Some(entry), what));
    }

    fn rank(&self, name: &str) -> Rank {
        self.nodes.get(name).map_or_else(|| rank_of(name), |n| n.rank)
    }

    /// A name and everything above it.
    fn path<'s>(&'s self, name: &'s str) -> Vec<&'s str> {
        let mut path = vec![name];
        let mut at = name;
        while let Some(parent) = self.nodes.get(at).and_then(|n| n.parent.as_deref()) {
            if path.len() == LONGEST_PATH {
                break;
            }
            path.push(parent);
            at = parent;
        }
        path
    }

    /// All names that become taxa.
    fn named(&mut self, parts: &Parts) -> BTreeMap<String, About> {
        let mut named: BTreeMap<String, About> = BTreeMap::new();
        for row in &parts.checklist {
            named.entry(row.name.clone()).or_default().synonyms.extend(row.synonyms.iter().cloned());
        }
        for (_, file) in &parts.lineages {
            for order in &file.order {
                named.entry(order.name.clone()).or_default().synonyms.extend(order.synonyms.iter().cloned());
            }
            for family in &file.family {
                named.entry(family.name.clone()).or_default().synonyms.extend(family.synonyms.iter().cloned());
                for text in family.genera.iter().chain(&family.species) {
                    let (name, synonyms) = split_names(text);
                    named.entry(name.to_owned()).or_default().synonyms.extend(synonyms.map(str::to_owned));
                }
                for text in &family.unlisted {
                    let (name, synonyms) = split_names(text);
                    let about = named.entry(name.to_owned()).or_default();
                    about.synonyms.extend(synonyms.map(str::to_owned));
                    about.unlisted = true;
                }
            }
        }
        for rule in parts.rules.iter().flat_map(|(_, f)| &f.rule) {
            for name in &rule.taxa {
                named.entry(name.clone()).or_default();
            }
        }
        if let Some(file) = &parts.official {
            let targets = file.annotations.values().chain(file.otherwise.values()).chain(file.words.keys());
            for name in targets.filter(|n| self.nodes.contains_key(*n)) {
                named.entry(name.clone()).or_default().called = true;
            }
        }
        for name in parts.domestic.iter().flat_map(|f| f.domestic.values().flatten()) {
            named.entry(name.clone()).or_default().domestic = true;
        }
        named
    }

    /// A taxon's listings by the nearest statement, and what that was.
    fn resolve(&self, name: &str) -> (Vec<ListedEntry>, Decision) {
        // A name that the checklist takes as a synonym is listed as what it stands for.
        let own = self.nodes.get(name).is_some_and(|n| n.row.is_some() || n.rule.is_some());
        let name = if own { name } else { self.accepted.get(name).copied().unwrap_or(name) };
        let path = self.path(name);
        for (depth, at) in path.iter().enumerate() {
            let Some(node) = self.nodes.get(*at) else { continue };
            if let Some(listings) = node.row {
                let decision = Decision {
                    by: DecidedBy::Checklist,
                    taxon: (*at).to_owned(),
                    source: self.checklist_source.to_owned(),
                    status: Status::Primary,
                };
                return (listings.to_vec(), decision);
            }
            if let Some((rule, source)) = node.rule {
                if path[..depth].iter().any(|below| rule.except.iter().any(|e| e == below)) {
                    return (vec![], Decision::nothing(at));
                }
                let decision = Decision {
                    by: DecidedBy::Rule,
                    taxon: (*at).to_owned(),
                    source: source.to_owned(),
                    status: rule.status,
                };
                return (rule.listings.clone(), decision);
            }
        }
        (vec![], Decision::nothing(name))
    }

    /// For each genus, family and order: the taxa below it by appendix.
    fn below<'n>(&self, listed: &HashMap<&'n str, BTreeSet<Appendix>>, parts: &'n Parts) -> HashMap<String, Below<'n>> {
        let mut below: HashMap<String, Below<'n>> = HashMap::new();
        // A genus that science has given up holds what the checklist's synonyms still call by it.
        let in_use: HashSet<&str> =
            listed.keys().filter(|n| n.contains(' ')).filter_map(|n| n.split(' ').next()).collect();
        for row in &parts.checklist {
            for genus in row.synonyms.iter().filter_map(|s| s.split(' ').next()) {
                if !in_use.contains(genus) && listed.contains_key(genus) && row.rank >= Rank::Species {
                    for listing in &row.listings {
                        let names = below.entry(genus.to_owned()).or_default().entry(listing.appendix).or_default();
                        if !names.contains(&row.name.as_str()) {
                            names.push(&row.name);
                        }
                    }
                }
            }
        }
        let mut names: Vec<&'n str> = listed.keys().copied().collect();
        names.sort_unstable();
        for name in names {
            for above in self.path(name).into_iter().skip(1) {
                for appendix in &listed[name] {
                    below.entry(above.to_owned()).or_default().entry(*appendix).or_default().push(name);
                }
            }
        }
        below
    }

    fn group(&self, name: &str) -> Option<Group> {
        self.path(name).into_iter().find_map(|at| self.nodes.get(at)?.group)
    }

    /// The nearest difference from the appendices, else what follows from them.
    fn annexes(&self, name: &str, listings: &[ListedEntry], parts: &Parts) -> Vec<EuAnnex> {
        let path = self.path(name);
        let entries: &[AnnexEntry] = parts.annexes.as_ref().map_or(&[], |f| &f.annex);
        for (depth, at) in path.iter().enumerate() {
            let entry = entries.iter().find(|e| e.taxa.iter().any(|t| t == at));
            if let Some(entry) = entry
                && !path[..depth].iter().any(|below| entry.except.iter().any(|e| e == below))
            {
                return entry.annex.clone();
            }
        }
        let annex = |appendix| match appendix {
            Appendix::I => EuAnnex::A,
            Appendix::II => EuAnnex::B,
            Appendix::III => EuAnnex::C,
        };
        appendices(listings).into_iter().map(annex).collect()
    }
}

type Below<'n> = BTreeMap<Appendix, Vec<&'n str>>;

/// Adds what only some of the taxa below are listed in: a genus' name alone leaves open which of them is meant. Of a
/// family or order most taxa are listed as it is; there the others are only mentioned.
fn add_below(
    below: Option<&Below<'_>>,
    rank: Rank,
    listings: &mut Vec<ListedEntry>,
    decision: &mut Decision,
    name: &str,
) {
    let held = appendices(listings);
    let some = |names: &[&str]| {
        if names.len() <= NAMED_BELOW { names.join(", ") } else { "some of its species".to_owned() }
    };
    let others: Vec<(Appendix, String)> = below
        .into_iter()
        .flatten()
        .filter(|(appendix, _)| !held.contains(appendix))
        .map(|(appendix, names)| (*appendix, some(names)))
        .collect();
    if others.is_empty() {
        return;
    }
    if listings.is_empty() {
        *decision = Decision { by: DecidedBy::Below, ..Decision::nothing(name) };
    }
    let rest = if rank < Rank::Genus {
        let others: Vec<String> =
            others.iter().map(|(a, who)| format!("{who} in Appendix {}", checklist::appendix_name(*a))).collect();
        format!("except {}", others.join(" and "))
    } else {
        "the others".to_owned()
    };
    for listing in listings.iter_mut().filter(|l| l.until.is_none() && l.population.is_none()) {
        listing.population = Some(rest.clone());
    }
    if rank >= Rank::Genus || listings.is_empty() {
        listings.extend(
            others
                .into_iter()
                .map(|(appendix, who)| ListedEntry { population: Some(who), ..ListedEntry::plain(appendix) }),
        );
        listings.sort_by_key(|l| l.appendix);
    }
}

/// The changes by taxon.
struct Changes<'a> {
    by_taxon: HashMap<&'a str, &'a Change>,
    problems: Vec<Problem>,
}

impl<'a> Changes<'a> {
    fn of(parts: &'a Parts, tree: &Tree<'_>) -> Self {
        let mut changes = Self { by_taxon: HashMap::new(), problems: vec![] };
        let mut seen = HashSet::new();
        for change in parts.changes.iter().flat_map(|f| &f.change) {
            for name in &change.taxa {
                let mut problem =
                    |what: &str| changes.problems.push(Problem::new("register/changes.toml", Some(name), what));
                if !seen.insert(name.as_str()) {
                    problem("another change names it: keep the latest, with what was before it");
                }
                if !tree.nodes.contains_key(name) {
                    problem("nothing in the register has this name: correct it");
                }
                if tree.nodes.contains_key(name) && appendices(&change.after) != appendices(&tree.resolve(name).0) {
                    problem("the register lists it otherwise than this change left it: correct one of them");
                }
                changes.by_taxon.insert(name, change);
            }
        }
        changes
    }

    /// Gives a taxon's listings their dates, by the nearest change at or above it that left them as they are.
    fn apply(&self, path: &[&str], decision: &Decision, listings: &mut Vec<ListedEntry>) {
        // What a rule of its own lists, no change of something higher has brought about.
        let bound = match decision.by {
            DecidedBy::Rule => path.iter().position(|at| *at == decision.taxon).map_or(1, |at| at + 1),
            _ => path.len(),
        };
        let Some(change) = path[..bound].iter().find_map(|at| self.by_taxon.get(at)) else { return };
        if appendices(&change.after) != appendices(listings) {
            return;
        }
        for listing in listings.iter_mut() {
            listing.from.get_or_insert(change.from);
        }
        listings.extend(change.before.iter().map(|l| ListedEntry { until: Some(change.from), ..l.clone() }));
    }
}
