//! What the detector knows of a name. Owns: asking it, and reading its answer. Never: knows a name itself.

use spotter_detector::Detector;
use spotter_detector::lexicon::register::{self, ListedEntry};
use spotter_detector::lexicon::{ConceptRef, Ids};
use spotter_model::{Cue, CueKind, Date, Group, Listing};

/// A detector that is asked about names.
pub struct Known<'a> {
    detector: &'a Detector,
    as_of: Date,
    ids: Ids,
}

impl<'a> Known<'a> {
    /// Looks into a detector.
    pub fn of(detector: &'a Detector, as_of: Date) -> Self {
        Self { detector, as_of, ids: Ids::of(detector.lexicon()) }
    }

    /// The cues of a name that stands alone as a title.
    pub fn cues(&self, name: &str) -> Vec<Cue> {
        let listing = Listing { title: name.to_owned(), ..Listing::default() };
        self.detector.assess(&listing, self.as_of).cues
    }

    fn concept(&self, id: &str) -> Option<ConceptRef<'a>> {
        let lexicon = self.detector.lexicon();
        self.ids.find(lexicon, id).map(|at| lexicon.concept(at))
    }

    fn taxa_of(&self, cue: &Cue) -> impl Iterator<Item = u32> + 'a {
        let concept = self.concept(&cue.concept).filter(ConceptRef::is_register);
        concept.into_iter().flat_map(|c| c.taxa.iter())
    }

    /// Whether a taxon of the register is found by this name, be it by its genus or family.
    pub fn finds_taxon(&self, name: &str) -> bool {
        self.cues(name).iter().any(|cue| self.taxa_of(cue).next().is_some())
    }

    /// Whether the name is found as this taxon, or as an entry of its own.
    pub fn finds(&self, name: &str, accepted: &str) -> bool {
        let ids = [register::id(accepted), register::id(name)];
        self.cues(name).iter().any(|cue| self.taxa_of(cue).any(|t| ids.contains(&self.detector.lexicon().taxa.id(t))))
    }

    /// Whether a name, part or code word of wildlife is found.
    pub fn finds_subject(&self, name: &str) -> bool {
        self.cues(name).iter().any(|c| matches!(c.kind, CueKind::Name | CueKind::Commodity | CueKind::Code))
    }

    /// The groups of everything that the name is found as.
    pub fn groups(&self, name: &str) -> Vec<Group> {
        let subject = |c: &&Cue| matches!(c.kind, CueKind::Name | CueKind::Commodity | CueKind::Code);
        let cues = self.cues(name);
        cues.iter()
            .filter(subject)
            .filter_map(|c| self.concept(&c.concept))
            .flat_map(|c| c.groups.iter().copied())
            .collect()
    }

    /// The group of a taxon.
    pub fn group(&self, scientific_name: &str) -> Option<Group> {
        self.concept(&format!("name.taxon.{}", register::id(scientific_name)))?.groups.first().copied()
    }

    /// The listings of a taxon that are in force.
    pub fn listings(&self, name: &str) -> Option<Vec<ListedEntry>> {
        let taxon = self.detector.lexicon().taxa.find(&register::id(name))?;
        let listings = self.detector.lexicon().listings(taxon).iter().filter(|l| l.in_force(self.as_of));
        Some(
            listings
                .map(|l| ListedEntry { population: l.population.clone(), ..ListedEntry::plain(l.appendix) })
                .collect(),
        )
    }

    /// Whether a cue is an official name: the register's, and no scientific one, be it abbreviated.
    pub fn is_official(&self, cue: &Cue) -> bool {
        let Some(concept) = self.concept(&cue.concept).filter(ConceptRef::is_register) else { return false };
        let genus = |text: &str| text.split(' ').next().unwrap_or("").to_lowercase();
        let epithet = |text: &str| text.rsplit(' ').next().unwrap_or("").to_lowercase();
        genus(&cue.text) != genus(concept.label) && epithet(&cue.text) != epithet(concept.label)
    }
}
