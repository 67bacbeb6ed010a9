//! From labelled mails to the book's scales: softmax regression over all mails at once. The same mails give the same scales,
//! on one machine; a scale is read, tried and refused like any other rule file.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use crate::classify::classify;
use crate::report::{Kind, Report, Severity};
use crate::ruleset::RuleSet;
use crate::scale::Question;

/// A mail and what a person says of it.
#[derive(Debug, Clone)]
pub struct Lesson {
    facets: Vec<String>,
    /// Rules that fired, with a type and without.
    typed: Vec<String>,
    untyped: Vec<String>,
    kind: &'static str,
    severity: Option<&'static str>,
    incident: Option<String>,
}

impl Lesson {
    /// What a mail holds by these rules, beside its label. Only what opens a ticket teaches types and levels.
    pub fn new(rules: &RuleSet, report: &Report, label: (Kind, Option<Severity>, &str)) -> Self {
        let (kind, severity, incident) = label;
        let fired = classify(rules, report).fired.into_iter();
        let typed = |name: &str| {
            rules
                .gives(name)
                .is_some_and(|gives| gives.incident.is_some())
        };
        let (typed, untyped) = fired.map(|fired| fired.rule).partition(|name| typed(name));
        let opens = matches!(kind, Kind::Report | Kind::Automated);
        Self {
            facets: rules.facets(report),
            typed,
            untyped,
            kind: kind.name(),
            severity: severity.filter(|_| opens).map(Severity::name),
            incident: (opens && incident.contains(':')).then(|| incident.to_owned()),
        }
    }

    fn answer(&self, question: Question) -> Option<&str> {
        match question {
            Question::Type => self.incident.as_deref(),
            Question::Severity => self.severity,
            Question::Kind => KINDS.contains(&self.kind).then_some(self.kind),
        }
    }

    /// A type is weighed before the rules without a type are asked.
    fn held(&self, question: Question) -> Vec<String> {
        let untyped: &[String] = match question {
            Question::Type => &[],
            _ => &self.untyped,
        };
        let rules = self.typed.iter().chain(untyped);
        let rules = rules.map(|name| format!("{{{name}}}"));
        let mut held: Vec<String> = self.facets.iter().cloned().chain(rules).collect();
        held.sort_unstable();
        held.dedup();
        held
    }
}

/// The kinds that a scale tells apart; the others are known by their signs.
const KINDS: &[&str] = &["report", "automated", "other"];

/// How a question's scale is learned.
struct Plan {
    question: Question,
    name: &'static str,
    /// How much the mails count against the wish for small weights.
    trust: f64,
    /// The heaviest weights that each answer keeps.
    keeps: usize,
}

const PLANS: [Plan; 3] = [
    Plan {
        question: Question::Type,
        name: "type",
        trust: 150.0,
        keeps: 800,
    },
    Plan {
        question: Question::Severity,
        name: "severity",
        trust: 150.0,
        keeps: 800,
    },
    Plan {
        question: Question::Kind,
        name: "kind",
        trust: 150.0,
        keeps: 800,
    },
];

/// What fewer mails hold teaches nothing.
const LEAST_MAILS: usize = 3;
/// Weights nearer to nothing than this are not written.
const LEAST: f64 = 0.1;
const ROUNDS: i32 = 400;

/// The `[[scale]]` tables of all questions.
pub fn learn(lessons: &[Lesson]) -> String {
    PLANS.iter().map(|plan| scale(plan, lessons)).collect()
}

fn scale(plan: &Plan, lessons: &[Lesson]) -> String {
    let taught: Vec<(Vec<String>, &str)> = lessons
        .iter()
        .filter_map(|lesson| Some((lesson.held(plan.question), lesson.answer(plan.question)?)))
        .collect();
    let facets = common(taught.iter().flat_map(|(held, _)| held));
    let answers = numbered(taught.iter().map(|(_, answer)| *answer));
    let rows = taught
        .iter()
        .map(|(held, answer)| Row::new(held, &facets, answers.get(answer)));
    let learned =
        Regression::new(rows.collect(), (facets.len(), answers.len()), plan.trust).learned();
    let mut text = String::new();
    for (answer, at) in &answers {
        let weights = facets.iter().map(|(facet, row)| {
            let weight = learned.get((row + 1) * answers.len() + at);
            (*facet, weight.copied().unwrap_or_default())
        });
        let base = learned.get(*at).copied().unwrap_or_default();
        write_answer(&mut text, plan, (answer, base), weights.collect());
    }
    text
}

fn common<'t>(held: impl Iterator<Item = &'t String>) -> BTreeMap<&'t str, usize> {
    let mut mails: BTreeMap<&str, usize> = BTreeMap::new();
    for facet in held {
        *mails.entry(facet).or_default() += 1;
    }
    mails.retain(|_, mails| *mails >= LEAST_MAILS);
    numbered(mails.into_keys())
}

fn numbered<'t>(names: impl Iterator<Item = &'t str>) -> BTreeMap<&'t str, usize> {
    let mut numbers: BTreeMap<&str, usize> = names.map(|name| (name, 0)).collect();
    for (at, number) in numbers.values_mut().enumerate() {
        *number = at;
    }
    numbers
}

/// The line's length up to which weights are put beside each other.
const WIDTH: usize = 128;

fn write_answer(
    text: &mut String,
    plan: &Plan,
    (answer, base): (&str, f64),
    mut weights: Vec<(&str, f64)>,
) {
    weights.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
    weights.truncate(plan.keeps);
    weights.retain(|(_, weight)| weight.abs() >= LEAST);
    weights.sort_by(|one, other| other.1.total_cmp(&one.1));
    let _ = write!(
        text,
        "\n[[scale]]\nof = \"{}\"\nis = \"{answer}\"\nbase = {:.0}\nweighs = [\n",
        plan.name,
        base * 1000.0
    );
    let mut line = String::from(" ");
    for (facet, weight) in weights {
        let facet = facet.replace('\\', "\\\\").replace('"', "\\\"");
        let item = format!(" \"{:.0} {facet}\",", weight * 1000.0);
        if line.len() + item.len() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            " ".clone_into(&mut line);
        }
        line.push_str(&item);
    }
    text.push_str(&line);
    text.push_str("\n]\n");
}

struct Row {
    facets: Vec<usize>,
    share: f64,
    right: usize,
}

impl Row {
    fn new(held: &[String], facets: &BTreeMap<&str, usize>, right: Option<&usize>) -> Self {
        let known = held.iter().filter_map(|facet| facets.get(facet.as_str()));
        Self {
            facets: known.map(|at| at + 1).collect(),
            share: 1.0 / float(held.len().max(1)).sqrt(),
            right: right.copied().unwrap_or_default(),
        }
    }
}

/// Softmax regression by Adam over all rows at once; a rare answer's rows count more, so that all answers count alike.
/// Place 0 of the facets is what speaks before any.
struct Regression {
    rows: Vec<Row>,
    answers: usize,
    /// What each row counts.
    counts: Vec<f64>,
    weights: Vec<f64>,
    trust: f64,
}

impl Regression {
    fn new(rows: Vec<Row>, (facets, answers): (usize, usize), trust: f64) -> Self {
        let mut often: HashMap<usize, f64> = HashMap::new();
        for row in &rows {
            *often.entry(row.right).or_default() += 1.0;
        }
        let fair = float(rows.len()) / float(often.len().max(1));
        let counts = rows
            .iter()
            .map(|row| often.get(&row.right).map_or(0.0, |often| fair / often));
        Self {
            counts: counts.collect(),
            rows,
            answers,
            weights: vec![0.0; (facets + 1) * answers],
            trust,
        }
    }

    fn learned(mut self) -> Vec<f64> {
        let mut mean = vec![0.0; self.weights.len()];
        let mut spread = vec![0.0; self.weights.len()];
        for round in 1..=ROUNDS {
            let gradient = self.gradient();
            let fix_mean = 1.0 - 0.9_f64.powi(round);
            let fix_spread = 1.0 - 0.999_f64.powi(round);
            let moments = mean.iter_mut().zip(&mut spread);
            let slopes = self.weights.iter_mut().zip(&gradient);
            for ((weight, slope), (mean, spread)) in slopes.zip(moments) {
                *mean = 0.9 * *mean + 0.1 * slope;
                *spread = 0.999 * *spread + 0.001 * slope * slope;
                *weight -= 0.1 * (*mean / fix_mean) / ((*spread / fix_spread).sqrt() + 1e-8);
            }
        }
        self.weights
    }

    fn gradient(&self) -> Vec<f64> {
        let rows = float(self.rows.len().max(1));
        let small = self
            .weights
            .iter()
            .map(|weight| weight / (self.trust * rows));
        let mut gradient: Vec<f64> = small.collect();
        // What speaks before any facet is not held small.
        for slope in gradient.iter_mut().take(self.answers) {
            *slope = 0.0;
        }
        for (row, count) in self.rows.iter().zip(&self.counts) {
            let mut wrong = self.probabilities(row);
            if let Some(right) = wrong.get_mut(row.right) {
                *right -= 1.0;
            }
            let shares = row.facets.iter().map(|facet| (*facet, row.share));
            for (facet, share) in std::iter::once((0, 1.0)).chain(shares) {
                let from = facet * self.answers;
                let slopes = gradient
                    .get_mut(from..from + self.answers)
                    .unwrap_or_default();
                for (slope, wrong) in slopes.iter_mut().zip(&wrong) {
                    *slope += wrong * share * count / rows;
                }
            }
        }
        gradient
    }

    fn probabilities(&self, row: &Row) -> Vec<f64> {
        let mut scores: Vec<f64> = self.of(0).to_vec();
        for facet in &row.facets {
            for (score, weight) in scores.iter_mut().zip(self.of(*facet)) {
                *score += weight * row.share;
            }
        }
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for score in &mut scores {
            *score = (*score - most).exp();
        }
        let sum: f64 = scores.iter().sum();
        scores.iter().map(|score| score / sum).collect()
    }

    fn of(&self, facet: usize) -> &[f64] {
        let from = facet * self.answers;
        self.weights
            .get(from..from + self.answers)
            .unwrap_or_default()
    }
}

#[expect(clippy::cast_precision_loss, reason = "mails are counted in thousands")]
fn float(count: usize) -> f64 {
    count as f64
}
