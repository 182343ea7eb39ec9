//! What is done with personal information: business functions and their records, device permissions, use beyond collecting,
//! exceptions from consent, trackers.

use model::Slug;

use super::condition::Condition;
use super::declare::tables;
use super::duty::Length;
use super::policy::{Channel, Fact, Person, Product, Purpose};
use super::shape::{At, Ref, Stated};
use super::vocabulary::Item;
use super::words::{
    Action, Authority, Basis, Event, Floor, Form, FunctionKind, Level, Moment, Need, Reach, Route, SourceClass,
    Trigger, UseKind,
};

tables! {
    /// A record class (业务记录).
    Record "a record class" {
        /// Id.
        id: At<Slug>,
        /// Name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Items that such a record holds per role, when the company's own systems hand records in.
        holds = "hold": Vec<Holding>,
        /// Life events that it knows.
        events: Vec<At<Event>>,
        /// Legal floors that apply.
        floors: Vec<At<Floor>>,
    }

    /// Items of one role in a record.
    Holding "the items of one role" {
        /// Whose.
        of: Ref<Person>,
        /// Which.
        items: Vec<Ref<Item>>,
    }

    /// A business function.
    Function "a function" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Kind.
        kind: At<FunctionKind>,
        /// Purposes it serves.
        purposes: Vec<Ref<Purpose>>,
        /// Legal ground.
        basis: Stated<Basis>,
        /// Form of consent that the text asks for.
        consent: Stated<Form>,
        /// Channels on which it is offered; empty: all.
        channels: Vec<Ref<Channel>>,
        /// Products to which it is limited; empty: all.
        products: Vec<Ref<Product>>,
        /// Who uses it.
        users: Vec<Ref<Person>>,
        /// Consequence of refusing what it needs.
        refused: Stated<Refused>,
        /// `"nothing"` when the text promises that it needs no data.
        collects = "collect": Stated<Vec<Collect>>,
        /// What it reads and shows.
        reads: Vec<Read>,
        /// The record class that it makes.
        makes: Option<Ref<Record>>,
        /// Personal opt-out that stops it.
        opt_out = "opt-out": Option<At<bool>>,
        /// Laws that the text names for a duty.
        laws: Vec<At<String>>,
    }

    /// Consequence of refusing.
    Refused "a consequence" {
        /// How far it reaches.
        reach: At<Reach>,
        /// Functions that the text closes with it, by name.
        closes: Vec<Ref<Function>>,
        /// In the words of the page.
        text: Option<At<String>>,
    }

    /// A group of items that a function takes from one role.
    Collect "a collect group" {
        /// Whose items.
        of: Ref<Person>,
        /// Under which condition.
        when: Option<At<Condition>>,
        /// Which items.
        items: Vec<Ref<Item>>,
        /// Whether they are a condition of the function.
        need: Stated<Need>,
        /// How they come in.
        trigger: Stated<Trigger>,
        /// From whom, where not from the person; each of several is a flow of its own.
        sources = "source": Vec<Ref<Source>>,
        /// Whether the list is open (等).
        open: Option<At<bool>>,
        /// Who may type them for another.
        typed_by = "typed-by": Vec<Ref<Person>>,
        /// By what right they do.
        authority: Option<Stated<Authority>>,
        /// Sensitivity as the text declares it for this use.
        sensitive: Stated<bool>,
        /// Form of consent for these items, where it differs from the function's.
        consent: Option<At<Form>>,
        /// Device permission that yields them.
        permission: Option<Ref<Permission>>,
        /// Why sensitive ones are needed, where the text tells it.
        necessity: Option<At<String>>,
        /// What they mean for the person, where the text tells it.
        impact: Option<At<String>>,
        /// Where.
        clause: Vec<At<String>>,
    }

    /// What a function reads.
    Read "a read" {
        /// Records of this class.
        class: Ref<Record>,
        /// Whose parts.
        of: Vec<Ref<Person>>,
        /// Which items; empty: all that the class holds.
        items: Vec<Ref<Item>>,
        /// To whom it is shown.
        to: Ref<Person>,
    }

    /// A device permission.
    Permission "a permission" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Number in the published list.
        number: Option<At<u32>>,
        /// Where.
        clause: Vec<At<String>>,
        /// What it is used for, one line a mode (photo, video).
        modes = "mode": Vec<Mode>,
        /// Items that it yields by itself.
        items: Vec<Ref<Item>>,
        /// When the system asks for it.
        asked: Option<At<Moment>>,
        /// Whether switching it off withdraws the consent.
        off_withdraws = "off-withdraws": Stated<bool>,
        /// Where it is switched off.
        switch: Stated<String>,
        /// Whether the text's introduction announces it.
        announced: Option<At<bool>>,
    }

    /// One use of a permission.
    Mode "a mode" {
        /// Id of the mode.
        id: At<Slug>,
        /// Purpose in our words.
        text: At<String>,
        /// Functions that stop without it.
        functions: Vec<Ref<Function>>,
        /// Whether text is read off the picture, to fill in what these functions ask.
        reads_text = "reads-text": Option<At<bool>>,
    }

    /// What else is done with items.
    Use "a use" {
        /// Id.
        id: At<Slug>,
        /// Name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Kind.
        kind: At<UseKind>,
        /// Purpose it serves.
        purpose: Ref<Purpose>,
        /// Functions whose items it may use; empty: those named in `items` wherever they came in.
        functions: Vec<Ref<Function>>,
        /// Items; empty: all items of the functions.
        items: Vec<Ref<Item>>,
        /// Whose.
        of: Vec<Ref<Person>>,
        /// What is left of the person in the data.
        level: Option<At<Level>>,
        /// Condition.
        when: Option<At<Condition>>,
        /// Legal ground.
        basis: Stated<Basis>,
        /// Form of consent.
        consent: Stated<Form>,
        /// Whether, and how, it can be refused later.
        opt_out = "opt-out": Stated<Vec<Route>>,
        /// Sources of inbound data; each of several is a flow of its own.
        sources = "source": Vec<Ref<Source>>,
        /// Laws that the text names for a duty.
        laws: Vec<At<String>>,
    }

    /// Somebody who hands in data that does not come from the person.
    Source "a source" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Class.
        class: At<SourceClass>,
        /// Consent that the text asks for before it takes anything from there.
        consent: Stated<Form>,
        /// The fact that what is done stays within what the person once allowed the source.
        within: Option<Ref<Fact>>,
        /// Consent that the text asks for when it goes beyond.
        beyond: Stated<Form>,
    }

    /// A case in which the text needs no consent.
    Exception "an exception" {
        /// Id.
        id: At<Slug>,
        /// Number in the published list.
        number: At<u32>,
        /// Short name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Acts to which the list belongs.
        acts: Vec<At<Action>>,
        /// Its own further condition.
        when: Option<At<Condition>>,
        /// The ground of PIPL art. 13 that carries it; not stated where none does.
        article: Stated<Basis>,
        /// What the article demands beyond the text; read by the law alone.
        article_when = "article-when": Option<At<Condition>>,
        /// Whether it is the residual clause ("other cases by law"): a separate, argued route.
        residual: Option<At<bool>>,
    }

    /// A cookie, beacon or pixel.
    Tracker "a tracker" {
        /// Id.
        id: At<Slug>,
        /// Published name.
        name: At<String>,
        /// Where.
        clause: Vec<At<String>>,
        /// Items it takes.
        items: Vec<Ref<Item>>,
        /// Purpose.
        purpose: Ref<Purpose>,
        /// Whether and how it can be refused or cleared.
        refusal: Stated<String>,
        /// Whether the text limits it to the purpose.
        limited: Stated<bool>,
        /// How long it stays on the device.
        lasts: Option<Stated<Length>>,
    }
}
