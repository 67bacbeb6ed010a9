//! A ledger as a workbook. Cells are written as text, so that no spreadsheet calculates what a stranger wrote; what begins like a
//! formula is marked as quoted besides, so that it stays text when somebody edits the cell.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::Ledger;
use super::csv::is_risky;

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
#[error("buku kerja XLSX tidak dapat dibuat")]
pub struct SheetError(#[from] XlsxError);

/// A spreadsheet cell holds so many characters (ECMA-376).
const CELL: usize = 32_767;

/// A sheet's name holds so many characters.
const NAME: usize = 31;

/// The whole page as the bytes of an XLSX file.
pub fn xlsx(ledger: &Ledger) -> Result<Vec<u8>, SheetError> {
    workbook(std::slice::from_ref(ledger))
}

/// Pages as the sheets of one XLSX file.
pub fn workbook(ledgers: &[Ledger]) -> Result<Vec<u8>, SheetError> {
    let mut book = Workbook::new();
    for ledger in ledgers {
        let sheet = book.add_worksheet();
        if ledgers.len() > 1 {
            let name: String = ledger
                .title
                .chars()
                .filter(|c| !"[]:*?/\\'".contains(*c))
                .take(NAME)
                .collect();
            sheet.set_name(name)?;
        }
        fill(sheet, ledger)?;
    }
    Ok(book.save_to_buffer()?)
}

fn fill(sheet: &mut Worksheet, ledger: &Ledger) -> Result<(), SheetError> {
    let quoted = Format::new().set_quote_prefix();
    let bold = Format::new().set_bold().set_text_wrap();
    sheet.write_string_with_format(0, 0, &ledger.title, &Format::new().set_bold())?;
    sheet.write_string(1, 0, &ledger.subtitle)?;
    sheet.write_string(2, 0, "TERBATAS")?;
    for (place, column) in (0_u16..).zip(&ledger.columns) {
        sheet.set_column_width(place, f64::from(column.width) * 1.6)?;
        sheet.write_string_with_format(3, place, &column.heading, &bold)?;
    }
    sheet.set_freeze_panes(4, 0)?;
    sheet.set_landscape();
    sheet.set_repeat_rows(3, 3)?;
    for (line, row) in (4_u32..).zip(&ledger.rows) {
        for (place, cell) in (0_u16..).zip(row) {
            let text = fitting(cell);
            if is_risky(cell) {
                sheet.write_string_with_format(line, place, text, &quoted)?;
            } else {
                sheet.write_string(line, place, text)?;
            }
        }
    }
    Ok(())
}

/// So much of a cell as a spreadsheet holds.
fn fitting(cell: &str) -> &str {
    let end = cell.char_indices().nth(CELL).map(|(at, _)| at);
    end.and_then(|end| cell.get(..end)).unwrap_or(cell)
}
