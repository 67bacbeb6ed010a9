//! A backtest as one page for a browser: no scripts, nothing from outside, charts as inline SVG.

use anyhow::Context;
use minijinja::Environment;
use serde_json::{Value, json};
use tanggap_rules::{Fired, RuleSet, defang};

use super::change::Compared;
use super::figures::{Figures, Matrix, percent};
use crate::cli::dates;
use crate::cli::rules::outcome::Level;
use crate::clock::Timestamp;
use crate::log::plain;
use crate::tongue::word;

/// The template's name ends in .html, so that every text is escaped.
const NAME: &str = "backtest.html";
const TEMPLATE: &str = include_str!("page.html");
const HEAT: &str = include_str!("heat.html");

/// Sizes in the charts, in SVG units.
const BAR: usize = 34;
const TALL: usize = 150;
const LONG: usize = 420;
const CELL: usize = 64;

/// The whole page.
pub fn page(
    rules: &RuleSet,
    since: Option<Timestamp>,
    figures: &Figures,
    changes: &[Compared],
) -> anyhow::Result<String> {
    let mut environment = Environment::new();
    environment.add_template(NAME, TEMPLATE)?;
    environment.add_template("heat.html", HEAT)?;
    let data = json!({
        "digest": rules.digest().get(..12), "rules_count": rules.count(),
        "since": since.map(dates::day),
        "seen": figures.seen(), "judged": figures.judged, "by_hand": figures.by_hand, "broken": figures.broken,
        "changed": figures.changed, "changed_level": figures.changed_level, "changed_kind": figures.changed_kind,
        "changed_type": figures.changed_type, "changed_marks": figures.changed_marks, "nearer": figures.nearer, "further": figures.further,
        "then": percent(&figures.staff_then), "now": percent(&figures.staff_now), "decided": figures.staff_now.all(),
        "levels": levels(&figures.levels), "months": months(figures), "rules": by_rule(figures),
        "flow": [heat(&figures.levels, "Dari tingkat dahulu (baris) ke tingkat kini (lajur)")],
        "staff": [
            heat(&figures.staff_then, "Putusan petugas (baris), penilaian dahulu (lajur)"),
            heat(&figures.staff_now, "Putusan petugas (baris), penilaian kini (lajur)"),
        ],
        "changes": changes.iter().map(row).collect::<Vec<_>>(), "more": figures.changed.saturating_sub(changes.len()),
        "tall": TALL, "long": LONG,
    });
    let template = environment.get_template(NAME)?;
    template.render(minijinja::value::Serde(data)).context(word(
        "halaman uji mundur tidak dapat disusun",
        "the backtest page could not be made",
    ))
}

/// Two bars a level: how many mails were judged so then, and are now.
fn levels(matrix: &Matrix) -> Value {
    let counts = Level::ALL.map(|level| [matrix.of(level), matrix.judged(level)]);
    let most = counts.iter().flatten().copied().max().unwrap_or(0);
    let group = |(number, (level, [then, now])): (usize, (Level, [usize; 2]))| {
        let left = 20 + number * (2 * BAR + 40);
        let bar = |count: usize, at: usize| {
            let height = scaled(count, most, TALL);
            json!({ "x": left + at * (BAR + 4), "y": TALL + 20 - height, "height": height, "count": count, "middle": left + at * (BAR + 4) + BAR / 2 })
        };
        json!({ "name": level.in_words(), "x": left + BAR, "then": bar(then, 0), "now": bar(now, 1) })
    };
    let groups = Level::ALL.into_iter().zip(counts).enumerate().map(group);
    json!({ "groups": groups.collect::<Vec<_>>(), "bar": BAR, "width": 20 + 4 * (2 * BAR + 40) })
}

/// One bar a month: the changed part of its mails; the newest two years.
fn months(figures: &Figures) -> Value {
    let months: Vec<_> = figures.months.iter().rev().take(24).collect();
    let most = months.iter().map(|(_, month)| month.1).max().unwrap_or(0);
    let bars = months.iter().rev().enumerate().map(|(number, (name, (judged, changed)))| {
        let height = scaled(*changed, most, TALL);
        json!({ "name": name, "x": 20 + number * (BAR + 14), "middle": 20 + number * (BAR + 14) + BAR / 2, "y": TALL + 20 - height, "height": height, "judged": judged, "changed": changed })
    });
    json!({ "bars": bars.collect::<Vec<_>>(), "bar": BAR, "width": 40 + months.len() * (BAR + 14) })
}

/// A bar to the right for mails where a rule holds now and did not, one in another colour for those where it no longer does.
fn by_rule(figures: &Figures) -> Value {
    let rules = figures.most_rules(25);
    let most = rules
        .iter()
        .map(|(_, rule)| rule.gained + rule.lost)
        .max()
        .unwrap_or(0);
    let bar = |(number, (name, rule)): (usize, (&str, &super::figures::RuleCount))| {
        let words: Vec<String> = rule
            .most_words(6)
            .into_iter()
            .map(|(word, count)| format!("{} ({count})", defang(&plain(word))))
            .collect();
        let gained = scaled(rule.gained, most, LONG);
        json!({
            "name": name, "y": number * 26, "gained": rule.gained, "lost": rule.lost, "words": words.join(", "),
            "gained_width": gained, "lost_x": gained, "lost_width": scaled(rule.lost, most, LONG),
        })
    };
    let bars: Vec<Value> = rules.into_iter().enumerate().map(bar).collect();
    json!({ "height": bars.len() * 26 + 4, "bars": bars })
}

/// A table of counts as shaded squares: rows are what should be, or was; columns what is judged.
fn heat(matrix: &Matrix, caption: &str) -> Value {
    let most = Level::ALL
        .iter()
        .map(|level| matrix.of(*level))
        .max()
        .unwrap_or(0);
    let mut cells = Vec::new();
    for (down, row) in Level::ALL.into_iter().enumerate() {
        for (right, column) in Level::ALL.into_iter().enumerate() {
            let count = matrix.at(row, column);
            let shade = if count == 0 {
                0
            } else {
                10 + scaled(count, most, 75)
            };
            cells.push(json!({
                "x": 90 + right * CELL, "y": 24 + down * (CELL / 2), "count": count, "right": row == column,
                "shade": format!("0.{shade:02}"), "middle": 90 + right * CELL + CELL / 2, "base": 24 + down * (CELL / 2) + 21,
            }));
        }
    }
    let names = Level::ALL.into_iter().enumerate().map(|(at, level)| {
        json!({ "name": level.in_words(), "middle": 90 + at * CELL + CELL / 2, "base": 24 + at * (CELL / 2) + 21 })
    });
    json!({ "caption": caption, "cells": cells, "names": names.collect::<Vec<_>>(), "cell": CELL, "low": CELL / 2, "width": 100 + 4 * CELL, "height": 30 + 2 * CELL })
}

fn scaled(count: usize, most: usize, size: usize) -> usize {
    (count * size).checked_div(most).unwrap_or(0)
}

/// One changed mail.
fn row(change: &Compared) -> Value {
    let fired = |rules: &[Fired]| -> Vec<Value> {
        let one = |fired: &Fired| {
            let words: Vec<String> = fired
                .words
                .iter()
                .map(|word| defang(&plain(word)))
                .collect();
            json!({ "rule": fired.rule, "words": words })
        };
        rules.iter().map(one).collect()
    };
    json!({
        "entry": change.entry.0, "kept": dates::short(change.kept), "register": change.register,
        "subject": defang(&plain(&change.subject)), "differences": change.differences(),
        "gained": fired(&change.gained), "lost": fired(&change.lost),
        "staff": change.staff.as_ref().map(|staff| format!("{} {}", staff.level.in_words(), staff.incident)),
        "turn": change.turn(), "turn_words": change.turn().in_words(),
    })
}
