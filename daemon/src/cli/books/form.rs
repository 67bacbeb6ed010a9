//! The disposition sheet of one case: on the terminal, or on half a folio to be signed.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::sheet::ending;
use super::super::staff::known;
use super::super::{Format, print};
use super::{Out, sheet};
use crate::clock::Timestamp;
use crate::config::Config;
use crate::letter::{Press, Shelf, kop, signatory};
use crate::register::{self, Book, Form, FormFacts};
use crate::store::{Store, StoreError};
use crate::tongue::say;

/// The form's page.
const PAGE: &str = "disposisi.typ";

/// The case's form, filled in.
pub async fn of(store: &Store, config: &Config, register: &str) -> Result<Form, StoreError> {
    let case = known(store, register).await?;
    let sheet = sheet(&store.events(case.id).await?);
    let mut agenda = store.first_rows(Book::AgendaIn, &[case.id]).await?;
    let agenda = agenda.remove(&case.id);
    let letters = &config.letters;
    Ok(register::form(&FormFacts {
        case: &case,
        sheet: &sheet,
        agenda: agenda.as_ref().map(|row| (row.number, &row.cells)),
        manner: (&letters.urgency, &letters.security),
    }))
}

/// A form is printed or looked at; a table of its rows is what a spreadsheet wants.
pub fn is_asked(out: &Out) -> bool {
    let ending = out.out.as_deref().map(ending);
    ending.is_none_or(|ending| ending == "pdf")
}

pub fn show(
    form: &Form,
    out: &Out,
    format: Format,
    (config, now): (&Config, Timestamp),
) -> anyhow::Result<()> {
    if let Some(path) = &out.out {
        let letters = &config.letters;
        let templates = Shelf::open(letters.folder.as_deref(), letters.emblem.as_deref())?;
        let data = page(config, form, (templates.emblem(), now));
        std::fs::write(path, Press::new(Arc::new(templates)).pdf(PAGE, &data)?)?;
        println!(
            "{}",
            say!(
                "{}: lembar disposisi {}.",
                "{}: disposition sheet {}.",
                path.display(),
                form.register
            )
        );
    } else if format == Format::Json {
        println!("{}", form.json());
    } else {
        println!("{}", form.text());
    }
    Ok(())
}

fn page(config: &Config, form: &Form, (emblem, now): (Option<&str>, Timestamp)) -> Value {
    let letters = &config.letters;
    json!({
        "paper": letters.sheet_paper.name(), "kop": kop(letters, emblem), "form": form.json(),
        "signatory": signatory(letters.signatory(now)),
    })
}

/// How many templates of sheets there are.
pub const TEMPLATES: usize = 2;

/// The faults of the sheets' templates: the form of a made-up case, and a book of one row.
pub fn faults(config: &Config, shelf: &Shelf, press: &Press) -> Vec<(String, String)> {
    let now = Timestamp(1_795_392_000_000);
    let form = Form {
        register: "INS-2026-0042".to_owned(),
        subject: "#panic(\"tidak dijalankan\") $x$ *tebal*".to_owned(),
        ..Form::default()
    };
    let sheet = press.pdf(PAGE, &page(config, &form, (shelf.emblem(), now)));
    let ledger = register::page(Book::Letters, &[], "Tahun 2026");
    let book = press.pdf(
        print::PAGE,
        &print::data(&ledger, config, (now, Some("Koordinator"))),
    );
    let tried = [(PAGE, sheet), (print::PAGE, book)];
    let faulty = tried.into_iter().filter_map(|(name, made)| {
        Some((
            name.to_owned(),
            format!("{:#}", anyhow::Error::from(made.err()?)),
        ))
    });
    faulty.collect()
}
