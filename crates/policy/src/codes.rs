//! The codes of the language's findings, with what they mean and what mends them. Rules of the law (`R41`) and of the text
//! (`T07`) have their own catalogue.

/// One kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Stable code.
    pub code: &'static str,
    /// What it means, in one line.
    pub means: &'static str,
    /// What mends it, in general.
    pub mend: &'static str,
}

macro_rules! codes {
    ($($code:literal $means:literal => $mend:literal)*) => {
        /// Every code of the language: `L01` reading, `L02` silence (warnings), `L03` names, `L04` meaning, `L05` compiling, `L06` scenarios and claims.
        pub const LANGUAGE: &[Code] = &[$(Code { code: $code, means: $means, mend: $mend }),*];
    };
}

codes! {
    "L0101" "A line is not TOML." => "write it as TOML 1.1; findings on the same line wait until it is"
    "L0102" "A key is not part of the language." => "take it out, or write it as the language does"
    "L0103" "A value has the wrong type." => "write a value of the type that the finding names"
    "L0104" "An id is not made of lower-case letters, digits and single hyphens." => "choose such an id; Chinese names go into `name`"
    "L0105" "A required key is missing." => "add it"
    "L0106" "`silent` lists what cannot be silent." => "list only slots of the same table"
    "L0107" "A slot is listed as silent and stated all the same." => "take it out of `silent`, or take the statement out"
    "L0108" "A word is not in its closed list." => "use a word of the list"
    "L0109" "A condition is not one that the language knows." => "write one of all, any, not, same-person, product, channel, age-under, fact, in-force, open-claim"
    "L0110" "`same-person` does not name two roles." => "name exactly two"
    "L0111" "A text is empty." => "say something, or leave the key out"
    "L0112" "A file is larger than 1 MiB." => "split nothing: a policy of this size is not one; look for what was pasted in"
    "L0113" "Values are nested too deeply." => "write them flat"
    "L0114" "A file has more findings than are shown." => "mend the first ones"
    "L0201" "A slot is not stated, and nobody confirmed that the text is silent." => "state it, or list it under `silent`"
    "L0202" "A record class holds nothing." => "let a function make it, or list under `hold` what it holds"
    "L0203" "A promise is tied to neither control nor evidence." => "name the control that keeps it, or the evidence that somebody files"
    "L0204" "An acknowledgement answers no finding." => "take it out; what it answered is mended"
    "L0205" "Others may type a person's items, and it is not said by what right." => "add authority = …, or confirm the silence: silent = [\"authority\"]"
    "L0301" "Two elements of a kind have one id." => "give one of them another id"
    "L0302" "Two elements of a kind have one published name." => "give one of them another name"
    "L0303" "A standard lists something that is no item." => "name an item of the vocabulary by its id"
    "L0304" "A name leads nowhere." => "declare the element, or name one that is declared"
    "L0305" "A name means several elements." => "name the one that is meant by its id"
    "L0401" "The version of the language is unknown." => "write language = 1"
    "L0402" "A standard ends before it begins." => "write the days as the standard gives them"
    "L0403" "No validator or mask is called so." => "use one of the closed list"
    "L0404" "An item has no category." => "give the category of GB/T 35273 annex A, or say `as` which item of the vocabulary it is"
    "L0405" "An item of the vocabulary is declared again." => "say `as` and give names only, or choose another id"
    "L0406" "A person stands for something that is no organisation." => "name an organisation under `of`"
    "L0407" "A person stands for itself, or for somebody eight steps away." => "break the circle of `of`"
    "L0408" "A conditional need has no condition." => "add when = { … }, or state the need as required or optional"
    "L0409" "Items come from a source that is not named." => "add source = …"
    "L0410" "A collect group has no items." => "list the items, or take the group out"
    "L0411" "`all` or `any` has no parts." => "list at least one part"
    "L0412" "`same-person` names one role twice." => "name two different roles"
    "L0413" "`age-under` gives no age." => "give an age of at least 1"
    "L0414" "A share is no way out." => "use share, entrust, transfer or export; making public is [[disclose]]"
    "L0415" "An exception belongs to no act." => "list under `acts` what needs no consent in this case"
    "L0416" "A length of time is nothing." => "give at least 1"
    "L0417" "The operation file is for another platform." => "use the operation file of the policy's platform"
    "L0418" "The switch `sensitivity` names no standard." => "write `strictest` or the id of a standard of the vocabulary"
    "L0420" "Something else than the policy is to be enforced alone." => "write by = \"policy\""
    "L0421" "An acknowledgement names no code." => "copy the code from the finding: L0201, R41, T07"
    "L0422" "An error of the language is acknowledged." => "mend it: only warnings, and findings of law and text, can be answered for"
    "L0423" "Consent is asked beyond an authorisation, and no fact tells what is beyond." => "add within = … with the fact that it stays within"
    "L0424" "A condition on the subject's records stands where no request is answered." => "use in-force and open-claim in [[right.ground]], [[right.block]] and [[refusal]] only"
    "L0425" "Two exceptions of one act have one number." => "number each list as published; an exception of several lists stands in each under its number"
    "L0426" "Do-Not-Track is honoured, and no fact tells of it." => "declare [[fact]] id = \"do-not-track\", attested by a system"
    "L0427" "A suspension names nobody, or two." => "name a recipient, or a party"
    "L0428" "The text has no ground of refusal, and some are listed." => "take refusal-list out, or write closed or open; else take the grounds out"
    "L0429" "A log-in brings an item that its function does not take from there." => "name an item of a collect group with that source; without `source`, of one with trigger = \"automatic\""
    "L0430" "A check cannot be made as it is written." => "name a fact that a system attests; by face: a function that takes a face; by real name: a share to a verifier of name and number"
    "L0431" "A log-in brings nothing." => "list what the provider tells under [[login.claim]]"
    "L0432" "A party's role may do what only staff may." => "write functions = [], clear-view = false, minors = false, and neither partners nor filings; a party sees the cases that are handed to it"
    "L0433" "A party's people can reach nobody." => "name a party of a recipient whose regime is virtual-number"
    "L0434" "A delivery cannot be made as it is written." => "name a share with method = \"push\" to a recipient with chosen = true; as fact one that a system attests"
    "L0435" "A payment cannot be taken as it is written." => "name each class once, an event that all of its classes know, and as status an item that the function collects with trigger = \"automatic\""
    "L0436" "A service cannot be given as it is written." => "name a function that makes a record which something ends, and classes of records that know the event `in-force-from` and one that ends them"
    "L0437" "A picture is read for nothing." => "let the mode name functions that collect something given, or drop `reads-text`"
    "L0438" "A record cannot be cancelled as it is written." => "name a right that the text has, and classes of records that know the event `cancelled`"
    "L0439" "A questionnaire cannot be filled in as it is written." => "name once an item in words that the function collects with trigger = \"given\"; give each question no answers, or two and more that differ"
    "L0501" "The bundled law pack cannot be read." => "use an unaltered build of the program"
    "L0510" "There are more consent scopes than bits." => "merge functions, shares or recipients that nobody would consent to apart"
    "L0511" "Conditions, products and permissions need more bits than there are." => "declare fewer facts or products, or compare fewer roles"
    "L0512" "An element depends on more facts than can be proved." => "use fewer facts in its condition, or split it"
    "L0513" "An element has more demands than a row of the tables holds." => "use fewer facts in its condition"
    "L0514" "An enforcement choice names nothing that is decided." => "name a function, use, tracker, share or disclosure by its id"
    "L0515" "The compiled tables do not say what the policy means: a defect of this program, not of the policy." => "do not publish with this build; report the finding to who made it"
    "L0601" "A scenario names a circumstance that is not declared." => "declare a [[given]] of that id"
    "L0602" "The two verdicts of a scenario differ, and nothing says which takes effect." => "add effect = …"
    "L0603" "A scenario expects nothing." => "say published, law, items or answer"
    "L0604" "A claim cannot be read." => "write it as docs/claims.md shows, with names of the policy"
}

/// What a code of the language means.
pub fn explain(code: &str) -> Option<&'static Code> {
    LANGUAGE.iter().find(|known| known.code == code)
}

/// Whether a text has the form of a code: one of the language's, or a rule of law or text.
pub fn is_code(text: &str) -> bool {
    let number = text.strip_prefix(['R', 'T']);
    let rule = number.is_some_and(|n| !n.is_empty() && n.len() <= 3 && n.bytes().all(|digit| digit.is_ascii_digit()));
    rule || explain(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every source file of the crate, joined.
    fn sources(folder: &std::path::Path, to: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, to);
            } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("codes.rs") {
                to.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn the_table_holds_exactly_the_codes_that_are_reported() {
        let mut text = String::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        let mut used: Vec<&str> = text
            .split('"')
            .filter(|word| word.len() == 5 && word.starts_with('L'))
            .filter(|word| word.bytes().skip(1).all(|digit| digit.is_ascii_digit()))
            .collect();
        used.sort_unstable();
        used.dedup();
        assert_eq!(used, LANGUAGE.iter().map(|code| code.code).collect::<Vec<_>>());
    }

    #[test]
    fn codes_have_a_form() {
        assert!(is_code("L0201") && is_code("R41") && is_code("T07"));
        assert!(!is_code("L9999") && !is_code("R") && !is_code("R4x") && !is_code("41"));
    }
}
