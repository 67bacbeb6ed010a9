//! Templates as an admin may write them.

#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_value_is_never_structure_and_never_a_template() {
    let shelf = Shelf::open(None, None).unwrap();
    let mut data = super::super::facts::sample();
    let hostile = "#. satu\n\nHal: palsu\n{{ 7 * 7 }} {% for x in y %} \u{202e}#let x = 1 $ * _";
    *data.pointer_mut("/case/subject").unwrap() = Value::from(hostile);
    for kind in Kind::ALL {
        let clean = wording(&shelf, kind.name(), &super::super::facts::sample()).unwrap();
        let made = wording(&shelf, kind.name(), &data).unwrap();
        assert_eq!(clean.parts.len(), made.parts.len(), "{kind:?}");
        assert!(
            !made.as_mail().contains("49") && !made.subject.contains("palsu\n"),
            "{kind:?}"
        );
    }
}

#[test]
fn titles_and_tables_are_the_templates_own_and_never_a_strangers() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Hal: x\nDari: Kabid\n\n== I. Satu\n@tabel jenis\nKata\n\n{{ case.subject }}\n";
    std::fs::write(folder.path().join("jawaban.txt"), text).unwrap();
    let shelf = Shelf::open(Some(folder.path()), None).unwrap();
    for hostile in ["@tabel opd", "== Palsu"] {
        let mut data = super::super::facts::sample();
        *data.pointer_mut("/case/subject").unwrap() = Value::from(hostile);
        let made = wording(&shelf, "jawaban", &data).unwrap();
        let title = Part::Section {
            text: "I. Satu".to_owned(),
        };
        let (what, name) = ("tabel".to_owned(), "jenis".to_owned());
        let said = [hostile, "Kata"].map(|text| Part::Paragraph {
            text: text.to_owned(),
        });
        let [hostile, own] = said;
        assert_eq!(
            made.parts,
            [title, Part::Insert { what, name }, own, hostile]
        );
        assert_eq!(made.from, "Kabid");
    }
}

#[test]
fn an_unknown_key_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("jawaban.txt"),
        "Hal: x\n\n{{ case.registr }}\n",
    )
    .unwrap();
    let shelf = Shelf::open(Some(folder.path()), None).unwrap();
    let error = wording(&shelf, "jawaban", &super::super::facts::sample()).unwrap_err();
    assert!(error.to_string().contains("jawaban.txt"), "{error}");
}
