//! Official names: found, and in the right group where the table says one.
//!
//! The table's column `group` holds the annotation of the taxon's listing, for a part of Appendix II. Some annotations
//! name the order, family or genus that is listed; those rows have a group, and so have all rows with a scientific
//! name. Owns: which annotation names which group, independently of the register's own table.

use super::known::Known;
use super::{Report, Share};
use crate::register::tables::VernacularRow;
use spotter_model::Group;

/// Annotations that say what was listed.
const ANNOTATIONS: &[(&str, Group)] = &[
    ("Agapornis roseicollis", Group::Parrots),
    ("PSITTACIFORMES", Group::Parrots),
    ("Caracara lutosa", Group::Raptors),
    ("FALCONIFORMES", Group::Raptors),
    ("Sceloglaux albifacies", Group::Raptors),
    ("Pereskiopsis", Group::Plants),
    ("ORCHIDACEAE", Group::Plants),
    ("Diospyros spp.", Group::Plants),
    ("Cedrela spp.", Group::Plants),
    ("Cyclamen persicum", Group::Plants),
    ("Aloe vera", Group::Plants),
    ("Euphorbia misera", Group::Plants),
    ("Tursiops truncatus", Group::MarineMammals),
    ("Arctocephalus spp.", Group::MarineMammals),
    ("PRIMATES", Group::Primates),
    ("SCLERACTINIA", Group::CoralsShells),
    ("Tridacnidae spp.", Group::CoralsShells),
    ("CROCODYLIA", Group::Crocodilians),
    ("ACIPENSERIFORMES", Group::Fish),
    ("Felidae spp.", Group::Bigcats),
    ("Ursidae spp.", Group::Bear),
    ("Pythonidae spp.", Group::Snakes),
    ("Boidae spp.", Group::Snakes),
    ("Naja naja", Group::Snakes),
    ("Centrochelys sulcata", Group::Turtles),
    ("Cuora aurocapitata", Group::Turtles),
    ("Chamaeleo spp.", Group::Lizards),
    ("Bradypodion spp.", Group::Lizards),
    ("Uromastyx spp.", Group::Lizards),
    ("Ctenosaura spp.", Group::Lizards),
    ("Abronia aurita", Group::Lizards),
    ("Cordylus", Group::Lizards),
    ("Dendrobates spp.", Group::Amphibians),
    ("Epipedobates spp.", Group::Amphibians),
    ("Agalychnis annae", Group::Amphibians),
    ("Mantella spp.", Group::Amphibians),
    ("Pteropus brunneus", Group::Mammals),
    ("SCANDENTIA", Group::Mammals),
    ("Brachypelmides", Group::Arthropods),
    ("Brachypelma spp.", Group::Arthropods),
    ("Pandinus", Group::Arthropods),
    ("Aceros spp.", Group::Birds),
    ("Tauraco spp.", Group::Birds),
    ("Gruidae spp.", Group::Birds),
    ("Otididae spp.", Group::Birds),
    ("Phoenicopteridae spp.", Group::Birds),
    ("Moschus spp.", Group::Ungulates),
    ("Sphyrna", Group::Sharks),
];

/// Measures and prints.
pub fn measure(known: &Known<'_>, rows: &[VernacularRow], report: &mut Report) {
    let mut found = Share::of(0, 0);
    let mut right = Share::of(0, 0);
    let mut annotated = Share::of(0, 0);
    for row in rows {
        let groups = known.groups(&row.name);
        found.all += 1;
        found.part += u64::from(!groups.is_empty());
        let wanted = if row.scientific_name.is_empty() {
            ANNOTATIONS.iter().find(|(words, _)| row.group.contains(words)).map(|(_, group)| *group)
        } else {
            known.group(&row.scientific_name)
        };
        let Some(wanted) = wanted else { continue };
        let is_right = u64::from(groups.contains(&wanted));
        right.all += 1;
        right.part += is_right;
        if row.scientific_name.is_empty() {
            annotated.all += 1;
            annotated.part += is_right;
        }
    }
    report.goal("official names found", &found, 97.0);
    report.goal("  in the right group, rows that have one", &right, 97.0);
    Report::share("    of them by the annotation of the listing alone", &annotated);
}
