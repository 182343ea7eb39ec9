//! What can still be sent in for a record: made from the functions that make records of its class. Advice; no act.

use model::attachment::FileKind;
use model::{RecordId, Slug, SubjectId};
use policy::question::{Answer, Effect};
use policy::syntax::{Kind, Need, Trigger};

use super::upload::{permit, whose};
use super::{File, makers, validator};
use crate::leaf::Who;
use crate::{House, Platform, Refusal, identity};

/// One item of one role that is sent in as a file.
pub struct Slot {
    /// Function in whose course it is collected.
    pub function: Slug,
    /// Role.
    pub person: Slug,
    /// Published name of the role.
    pub person_name: String,
    /// Item.
    pub item: Slug,
    /// Published name of the item.
    pub name: String,
    /// Whether the text demands it.
    pub required: bool,
    /// What it may hold.
    pub kinds: &'static [FileKind],
    /// What is there, oldest first.
    pub files: Vec<File>,
    /// Whether it is about whoever asks, who may then look at it.
    pub own: bool,
    /// What the tables say of sending it now.
    pub answer: Answer,
}

impl Slot {
    /// Whether it can be sent now.
    pub fn is_open(&self) -> bool {
        self.answer.effect == Effect::Permit
    }
}

/// The items of a record that its subject may send in as files, in the order of the policy.
///
/// # Errors
/// [`Refusal::NotFound`] for a record that is not the subject's to see.
pub async fn slots(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    record: RecordId,
) -> Result<Vec<Slot>, Refusal> {
    let (_, records) = identity::seen(house, platform, subject).await?;
    let row = records.into_iter().find(|row| row.id == record).ok_or(Refusal::NotFound("record"))?;
    let program = platform.tables.program();
    let now = house.now();
    let mut slots: Vec<Slot> = Vec::new();
    for function in makers(platform, &row.class) {
        let groups = function.collects.said().into_iter().flatten();
        for group in groups.filter(|group| matches!(group.trigger.said(), Some(Trigger::Given) | None)) {
            let Ok(person) = group.of.text.parse::<Slug>() else { continue };
            for facts in group.items.iter().filter_map(|item| program.items.get(item.text.as_str())) {
                let known = slots.iter().any(|slot| slot.person == person && slot.item == facts.id);
                let Some(validator) = validator(facts).filter(|_| !known) else { continue };
                let at = (&function.id.value, &person, &facts.id);
                let Ok(of) = whose(house, platform, &row, subject, at).await else { continue };
                let (snapshot, born) = house.known(platform, of).await?;
                let asked = (&snapshot, born, function, None, &Who::Subject, now);
                let (answer, _) = permit(platform, &row, (&person, &facts.id), asked);
                let part = house.store.part(&platform.id, row.id, Some(of), &person).await?;
                let rows = part.iter().flat_map(|part| &part.attachments);
                slots.push(Slot {
                    function: function.id.value.clone(),
                    person_name: platform.name_of(Kind::Person, person.as_str()),
                    person: person.clone(),
                    item: facts.id.clone(),
                    name: facts.name.clone(),
                    required: group.need.said() == Some(&Need::Required),
                    kinds: validator.file_kinds(),
                    files: rows.filter(|row| row.item == facts.id).map(File::from).collect(),
                    own: of == subject,
                    answer,
                });
            }
        }
    }
    Ok(slots)
}
