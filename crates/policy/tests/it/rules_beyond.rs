//! What the rules on consent, refusal and handing out tell apart beyond the examples of the catalogue.

use shouyue_policy::finding::Severity::{self, Error, Note, Warning};
use shouyue_policy::law::entry;

use crate::rules::{Files, OPERATION, POLICY, put};

/// Code, severity, how the wrong example of the rule is changed (nothing is changed: elements of its own), words of the
/// message (none: the rule is silent).
type Case = (&'static str, Severity, &'static [(&'static str, &'static str)], &'static str);

/// Changes of the wrong examples.
const CHANGED: &[Case] = &[
    (
        "R11",
        Error,
        &[("consent = \"separate\"\nsilent = [\"beyond\"]", "silent = [\"consent\", \"beyond\"]")],
        "plans no written",
    ),
    ("R11", Note, &[("consent = \"separate\"\nusers", "consent = \"written\"\nusers")], ""),
    ("R11", Note, &[("basis = \"consent\"\nconsent = \"separate\"", "basis = \"statutory\"")], ""),
    ("R12", Error, &[("[\"phone\"]", "[\"unstated\"]")], "no way to take one back"),
    ("R12", Warning, &[("[\"phone\"]", "[\"self-service\"]\npath = \"我的 → 注销账户\"")], "by closing an account"),
    (
        "R12",
        Warning,
        &[
            ("[\"phone\"]", "[\"web-form\"]"),
            (
                "fee = \"nothing\"",
                "fee = \"nothing\"\n[[right.block]]\nname = \"合同未满\"\nwhen = { fact = \"do-not-track\" }",
            ),
        ],
        "hangs on conditions: `合同未满`",
    ),
    ("R13", Warning, &[("\"purchase\"", "\"none\""), ("need = \"required\"\n", "")], "does not say whether it needs"),
    (
        "R13",
        Warning,
        &[("\"additional\"", "\"basic\""), ("\"purchase\"", "\"account\"")],
        "loses more than what needs it",
    ),
    ("R13", Note, &[("\"additional\"", "\"basic\"")], ""),
    ("R13", Note, &[("basis = \"consent\"", "basis = \"statutory\""), ("consent = \"general\"\n", "")], ""),
    (
        "R13",
        Error,
        &[("\"purchase\"", "\"this-function\", closes = [\"health\"]")],
        "is refused `健康告知`, which needs none of it",
    ),
    (
        "R13",
        Warning,
        &[("\"additional\"", "\"basic\""), ("\"purchase\"", "\"this-function\", closes = [\"health\"]")],
        "is refused `健康告知`, which needs none of it",
    ),
    ("R13", Note, &[("\"purchase\"", "\"this-function\", closes = [\"apply\"]"), ("[\"email\"]", "[\"phone\"]")], ""),
    ("R14", Warning, &[("= 0", "= 1")], "rests for 1 days, less than 2, to be confirmed by counsel"),
    (
        "R21",
        Warning,
        &[
            ("limits = [\"no-onward\"]\n", "limits = [\"return\"]\n"),
            (
                "silent = [\"consent\", \"method\", \"document\"]",
                "method = \"push\"\nsilent = [\"consent\", \"document\"]",
            ),
        ],
        "without its terms: that nobody else is entrusted in turn",
    ),
    ("R21", Note, &[("basis = \"contract\"", "basis = \"contract\"\nlevel = \"anonymised\"")], ""),
    (
        "R26",
        Warning,
        &[("functions = [\"apply\"]\n", ""), ("records = [\"contract\"]\n", ""), ("\"nothing\"", "[\"name\"]")],
        "in the course of no function",
    ),
    (
        "R26",
        Warning,
        &[("records = [\"contract\"]\n", ""), ("\"nothing\"", "[\"name\", \"email\"]")],
        "which no function takes in whose course it happens",
    ),
    ("R26", Note, &[("class = \"agency\"", "class = \"handler\"")], ""),
    (
        "R28",
        Warning,
        &[("basis = \"consent\"\nconsent = \"separate\"", "consent = \"nothing\""), ("= false\n", "= true\n")],
        "without their separate consent",
    ),
    (
        "R28",
        Note,
        &[("basis = \"consent\"\nconsent = \"separate\"\ndocument = false", "basis = \"statutory\"\ndocument = true")],
        "",
    ),
    ("R28", Note, &[("masked = false", "level = \"masked\"")], ""),
    ("R29", Warning, &[("，否则须重新征得同意", "，并公告其名称和联系方式")], "nobody is asked again"),
    ("R29", Note, &[("\"contact\", ", ""), ("contract =", "contact = \"privacy@successor.example\"\ncontract =")], ""),
    ("R30", Error, &[("]] object", "]] explain")], "gives no way to ask why"),
    (
        "R30",
        Error,
        &[("# no [[right]] object", "# no [[right]] object\n# no [[right]] explain")],
        "no way to refuse it, nor to ask why",
    ),
    ("R30", Error, &[("# no [[right]] object", ADVERTISING)], "gives no way to refuse it"),
    ("R30", Note, &[("kind = \"profile\"", "kind = \"profile\"\nlevel = \"anonymised\"")], ""),
    ("R31", Warning, &[("silent = [\"opt-out\"]", "opt-out = [\"unstated\"]")], "does not tell how"),
    ("R31", Error, &[("kind = \"market\"", "kind = \"personalise\"")], "cannot be switched off"),
    ("R31", Note, &[("kind = \"market\"", "kind = \"service\"")], ""),
    ("R31", Warning, &[("# no [[right]] object\n", "")], "does not say that it ends that"),
    (
        "R31",
        Error,
        &[("# no [[right]] object\n", ""), ("silent = [\"opt-out\"]", "opt-out = \"nothing\"")],
        "cannot be switched off",
    ),
    ("R31", Error, &[("silent = [\"opt-out\"]", "opt-out = \"nothing\""), OBJECTION], "cannot be switched off"),
    ("R31", Note, &[OBJECTION], ""),
    ("R31", Note, &[IN_MESSAGE], ""),
    (
        "R32",
        Warning,
        &[("functions = [\"apply\"]", "items = [\"browsing-history\"]")],
        "tell nothing of the risk, to be confirmed by counsel",
    ),
    ("R32", Note, &[("计算保费", "办理投保"), ("报价", "投保")], ""),
    ("R33", Warning, &[("need = \"required\"\n", "silent = [\"need\"]\n")], "does not say that it goes without"),
];

const ADVERTISING: &str = "[[right]]\nkind = \"object\"\nroutes = [\"phone\"]\nclock = \"handle\"\nidentity = \"nothing\"\nfee = \"nothing\"\neffect = \"不再发送营销短信\"";

/// A right to object that says to what: in its effect, or by the way out that every message gives.
const OBJECTION: (&str, &str) = ("# no [[right]] object", ADVERTISING);
const IN_MESSAGE: (&str, &str) = (
    "# no [[right]] object",
    "[[right]]\nkind = \"object\"\nroutes = [\"in-message\"]\nclock = \"handle\"\nidentity = \"nothing\"\nfee = \"nothing\"",
);

/// Elements of their own.
const FURTHER: &[(&str, Severity, &str, &str)] = &[
    ("R12", Error, "# no [[right]] withdraw", "no way to take one back"),
    (
        "R10",
        Error,
        "[[use]]\nid = \"satisfaction\"\nname = \"分析\"\nkind = \"service\"\npurpose = \"conclude\"\nitems = [\"health-declaration\"]\nof = [\"insured\"]\nbasis = \"consent\"\nconsent = \"general\"\nopt-out = [\"phone\"]",
        "no separate consent for working with",
    ),
    ("R10", Error, TRANSFER, "no separate consent for handing items over (`转让`)"),
    (
        "R23",
        Error,
        "[[recipient]]\nid = \"reinsurer\"\nname = \"受让方\"\nclass = \"unnamed\"\nregime = \"independent\"\ncontract = \"合同\"\n[[share]]\nid = \"reinsure\"\nname = \"转让\"\nact = \"transfer\"\nrecipient = \"reinsurer\"\npurpose = \"reinsure\"\nof = [\"applicant\"]\nitems = [\"name\"]\nbasis = \"consent\"\nconsent = \"separate\"\nmethod = \"push\"",
        "`受让方` names nobody",
    ),
    (
        "R20",
        Error,
        "[[share]]\nid = \"reinsure\"\nname = \"协助核保\"\nact = \"share\"\nrecipient = \"reinsurer\"\npurpose = \"underwriting\"\nof = [\"insured\"]\nitems = [\"genetic-information\"]\nbasis = \"consent\"\nconsent = \"separate\"\nmethod = \"push\"",
        "`协助核保` underwrites by",
    ),
    (
        "R15",
        Error,
        "[[disclose]]\nid = \"winners\"\nname = \"名单\"\nof = [\"applicant\"]\nitems = [\"bank-card\"]\nbasis = \"consent\"\nconsent = \"separate\"\nmasked = true",
        "nothing tells why `名单` needs",
    ),
    (
        "R15",
        Error,
        "[[share]]\nid = \"reinsure\"\nname = \"分保\"\nact = \"share\"\nrecipient = \"reinsurer\"\nfunctions = [\"apply\"]\npurpose = \"reinsure\"\nof = [\"insured\"]\nitems = [\"health-declaration\"]\nbasis = \"consent\"\nconsent = \"separate\"\nmethod = \"push\"",
        "nothing tells why `分保` needs",
    ),
    (
        "R15",
        Note,
        "[[share]]\nid = \"reinsure\"\nname = \"分保\"\nact = \"share\"\nrecipient = \"reinsurer\"\nfunctions = [\"health\"]\npurpose = \"reinsure\"\nof = [\"insured\"]\nitems = [\"health-declaration\"]\nbasis = \"consent\"\nconsent = \"separate\"\nmethod = \"push\"",
        "",
    ),
    (
        "R30",
        Error,
        "# no [[right]] explain\n[[statement]]\nid = \"machines\"\nkind = \"declaration\"\ntext = \"某些功能可能只凭算法作出决定。\"",
        "`machines` lets machines judge people, and gives no way to ask why",
    ),
    (
        "R31",
        Error,
        "# no [[right]] object\n[[purpose]]\nid = \"find-branch\"\nname = \"营销推广\"\ntext = \"推广新产品。\"\n[[use]]\nid = \"satisfaction\"\nname = \"分析\"\nkind = \"service\"\npurpose = \"find-branch\"\nfunctions = [\"apply\"]\nof = [\"applicant\"]\nbasis = \"consent\"\nconsent = \"general\"",
        "cannot be switched off",
    ),
    (
        "R31",
        Error,
        "# no [[right]] object\n[[function]]\nid = \"lottery\"\nname = \"抽奖\"\nkind = \"marketing\"\npurposes = [\"conclude\"]\nbasis = \"consent\"\nconsent = \"general\"\nusers = [\"applicant\"]\nrefused = { reach = \"this-function\" }\ncollect = \"nothing\"",
        "`抽奖` advertises, and cannot",
    ),
    ("R31", Warning, LOTTERY, "`抽奖` advertises, and the right to object does not say"),
    (
        "R32",
        Warning,
        "[[purpose]]\nid = \"price\"\nname = \"计算保费\"\ntext = \"计算保费。\"\n[[function]]\nid = \"apply\"\nname = \"投保\"\nkind = \"basic\"\npurposes = [\"price\"]\nbasis = \"contract\"\nusers = [\"applicant\"]\nmakes = \"contract\"\n[[function.collect]]\nof = \"applicant\"\nitems = [\"name\"]\nneed = \"required\"\ntrigger = \"given\"\nopen = true\nsensitive = false",
        "the list of its factors is open",
    ),
];

const LOTTERY: &str = "[[function]]\nid = \"lottery\"\nname = \"抽奖\"\nkind = \"marketing\"\npurposes = [\"conclude\"]\nbasis = \"consent\"\nconsent = \"general\"\nusers = [\"applicant\"]\nrefused = { reach = \"this-function\" }\ncollect = \"nothing\"";

const TRANSFER: &str = "[[share]]\nid = \"reinsure\"\nname = \"转让\"\nact = \"transfer\"\nrecipient = \"reinsurer\"\npurpose = \"reinsure\"\nof = [\"applicant\"]\nitems = [\"name\"]\nbasis = \"consent\"\nconsent = \"general\"\nmethod = \"push\"";

fn judge(code: &str, severity: Severity, elements: &str, words: &str) {
    let told = Files::with(elements).told(code);
    if words.is_empty() {
        assert!(told.is_empty(), "{code} is not silent about\n{elements}\n{told:#?}");
        return;
    }
    assert_eq!(told.len(), 1, "{code}\n{elements}\n{told:#?}");
    assert_eq!(told[0].severity, severity, "{code}: {}", told[0].message.english);
    assert!(told[0].message.english.contains(words), "{code}: {}", told[0].message.english);
}

#[test]
fn rules_tell_apart_what_is_like_their_wrong_examples() {
    for (code, severity, changes, words) in CHANGED {
        let mut elements = entry(code).unwrap().wrong.clone().unwrap();
        for (from, to) in *changes {
            assert!(elements.contains(from), "{code}: {from}\n{elements}");
            elements = elements.replace(from, to);
        }
        judge(code, *severity, &elements, words);
    }
}

#[test]
fn rules_tell_apart_what_is_unlike_their_examples() {
    for (code, severity, elements, words) in FURTHER {
        judge(code, *severity, elements, words);
    }
}

/// The other way stands in the operation file, and should in the text; one that takes a face itself is none.
#[test]
fn r33_another_way_is_one_without_a_face() {
    let policy = put(POLICY, entry("R33").unwrap().wrong.as_deref().unwrap());
    let way = |items: &str| {
        let way = format!(
            "[[alternative]]\nfunction = \"verify\"\nid = \"counter\"\nname = \"柜面核验\"\ntext = \"持证件到柜面。\"\nitems = [{items}]\nanswers = \"R33\""
        );
        let told = Files::of(&policy, &put(OPERATION, &way)).told("R33");
        (told.len(), told[0].severity)
    };
    assert_eq!((way("\"name\""), way("\"liveness-photo\"")), ((1, Note), (1, Error)));
}
