//! What can be seen on a specimen: the one vocabulary of identification marks.
//!
//! The report's check boxes, the training's cards and questions, and what reviewers read of a report all use these
//! ids. Owns: ids, what each is looked for in, and the key of its sentence. Never: the sentences themselves, which
//! stand in the extension's `_locales`. An id never changes its meaning; reports that were signed hold it.

use crate::Group;

/// One identification mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdMark {
    /// Its id, as in [`crate::Report::marks`].
    pub id: &'static str,
    /// What it is looked for in.
    pub groups: &'static [Group],
    /// Key of its sentence.
    pub key: &'static str,
    /// It speaks for a copy or another material.
    pub against: bool,
}

const LIVE: &[Group] = &[
    Group::Primates,
    Group::Parrots,
    Group::Raptors,
    Group::Birds,
    Group::Snakes,
    Group::Lizards,
    Group::Turtles,
    Group::Amphibians,
    Group::Mammals,
    Group::Bigcats,
];

const CARVED: &[Group] = &[Group::Elephant, Group::Rhino, Group::Ungulates, Group::MarineMammals, Group::Birds];

const CAST: &[Group] = &[
    Group::Elephant,
    Group::Rhino,
    Group::Bigcats,
    Group::Ungulates,
    Group::MarineMammals,
    Group::Birds,
    Group::Tortoiseshell,
    Group::CoralsShells,
    Group::Sharks,
    Group::Primates,
];

const SKINS: &[Group] = &[Group::Bigcats, Group::Bear, Group::Mammals, Group::Ungulates];
const PARTS: &[Group] = &[Group::Bigcats, Group::Bear, Group::Mammals, Group::Primates];
const LEATHER: &[Group] = &[Group::Crocodilians, Group::Snakes, Group::Lizards];
const PRINTED: &[Group] = &[
    Group::Bigcats,
    Group::Mammals,
    Group::Ungulates,
    Group::Crocodilians,
    Group::Snakes,
    Group::Lizards,
    Group::Tortoiseshell,
];
const BIRDS: &[Group] = &[Group::Parrots, Group::Raptors, Group::Birds];

const fn mark(id: &'static str, groups: &'static [Group], key: &'static str) -> IdMark {
    IdMark { id, groups, key, against: false }
}

const fn copy(id: &'static str, groups: &'static [Group], key: &'static str) -> IdMark {
    IdMark { id, groups, key, against: true }
}

/// Every mark, in the order in which people are asked; what speaks for a copy last.
pub const MARKS: [IdMark; 26] = [
    mark("ivory.crossing-lines", &[Group::Elephant], "report_mark_crossing_lines"),
    mark("ivory.grain", &[Group::Elephant], "report_mark_grain"),
    mark("tusk.wavy-lines", &[Group::Ungulates], "report_mark_wavy_lines"),
    mark("tusk.marbled-core", &[Group::MarineMammals], "report_mark_marbled_core"),
    mark("tusk.spiral", &[Group::MarineMammals], "report_mark_spiral"),
    mark("horn.fibres", &[Group::Rhino], "report_mark_fibres"),
    mark("casque.red-rim", &[Group::Birds], "report_mark_red_rim"),
    mark("skin.grown-pattern", SKINS, "report_mark_pattern"),
    mark("part.claws-teeth", PARTS, "report_mark_claws"),
    mark("scale.ridges", &[Group::Pangolin], "report_mark_ridges"),
    mark("shell.mottled", &[Group::Tortoiseshell], "report_mark_mottled"),
    mark("shell.growth-rings", &[Group::Turtles], "report_mark_growth_rings"),
    mark("leather.uneven-scales", LEATHER, "report_mark_scales"),
    mark("leather.pore-dots", &[Group::Crocodilians], "report_mark_pore_dots"),
    mark("fin.rough-skin", &[Group::Sharks], "report_mark_fin"),
    mark("body.bony-rings", &[Group::Fish], "report_mark_bony_rings"),
    mark("coral.pores", &[Group::CoralsShells], "report_mark_pores"),
    mark("plant.dug-up", &[Group::Plants], "report_mark_dug_up"),
    mark("bird.closed-ring", BIRDS, "report_mark_ring"),
    mark("bird.no-ring", BIRDS, "report_mark_no_ring"),
    mark("animal.live", LIVE, "report_mark_live"),
    mark("animal.young", LIVE, "report_mark_young"),
    mark("animal.several", LIVE, "report_mark_several"),
    copy("copy.bone-pits", CARVED, "report_mark_bone_pits"),
    copy("copy.moulded", CAST, "report_mark_moulded"),
    copy("copy.printed", PRINTED, "report_mark_printed"),
];

/// The mark of an id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static IdMark> {
    MARKS.iter().find(|m| m.id == id)
}

/// The marks that are looked for in any of these groups.
pub fn of<'a>(groups: &'a [Group]) -> impl Iterator<Item = &'static IdMark> + 'a {
    MARKS.iter().filter(move |m| m.groups.iter().any(|g| groups.contains(g)))
}

#[cfg(test)]
mod tests {
    use super::{MARKS, by_id, of};
    use crate::{Group, limits, report};

    #[test]
    fn ids_are_ids_and_all_differ() {
        for (i, mark) in MARKS.iter().enumerate() {
            assert!(report::is_id(mark.id), "{}", mark.id);
            assert!(!mark.groups.is_empty(), "{}", mark.id);
            assert_eq!(by_id(mark.id), Some(mark));
            assert!(MARKS[..i].iter().all(|m| m.id != mark.id && m.key != mark.key), "{}", mark.id);
        }
        assert_eq!(by_id("ivory"), None);
    }

    #[test]
    fn a_report_can_hold_every_mark_of_three_groups() {
        assert!(of(&[Group::Bigcats, Group::Mammals, Group::Ungulates]).count() <= limits::MARKS);
        assert_eq!(of(&[]).count(), 0);
        assert!(of(&[Group::Pangolin]).any(|m| m.id == "scale.ridges"));
    }
}
