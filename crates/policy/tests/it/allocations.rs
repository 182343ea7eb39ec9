//! Judging allocates nothing, whatever is asked; only what is put into words does.

use model::calendar::day_in_shanghai;
use shouyue_policy::decide::Judged;
use shouyue_policy::decide::project::{Seen, attested_adult};
use shouyue_policy::terms::asked::Asked;

use super::engine::fuhe;
use super::engine_author::Dice;
use super::engine_random::{question_to_fuhe, random_state};

#[test]
fn judging_allocates_nothing() {
    let tables = fuhe();
    let (program, alphabet) = (tables.program(), tables.alphabet());
    let mut dice = Dice(1);
    let (mut judged_questions, mut clear) = (0, 0);
    for _ in 0..500 {
        let question = question_to_fuhe(&mut dice);
        let (state, born) = random_state(&mut dice, tables);
        let Ok(asked) = Asked::read(program, alphabet, &question) else { continue };
        let at = question.at.unwrap();
        let adult = attested_adult(program, asked.person);
        let facts = &question.facts;
        let seen = Seen { program, alphabet, state: &state, facts, born, at, party: None, adult };
        let standing = seen.project(&asked, seen.life());
        let posed = tables.pose(&asked, &standing.published, day_in_shanghai(at));
        let subject = alphabet.digits().subject(&standing.published, &standing.law);
        let mut judged = vec![Judged::UNDECLARED; posed.items()];
        let counted = allocation_counter::measure(|| {
            std::hint::black_box(tables.judge(&posed, &subject, &mut judged));
        });
        assert_eq!(counted.count_total, 0, "{question:?}");
        judged_questions += 1;
        clear += judged.iter().filter(|one| one.flow.is_some()).count();
    }
    assert!(judged_questions > 300 && clear > 100, "{judged_questions} questions, {clear} declared items");
    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![1_u8])));
    assert_eq!(counted.count_total, 1, "the counter counts");
}
