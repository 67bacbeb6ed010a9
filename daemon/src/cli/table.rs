//! A table for people.

use std::fmt;

use comfy_table::{ContentArrangement, TableComponent, presets};

use crate::log::plain;

/// Rows under headings, as wide as the terminal allows.
pub struct Table(comfy_table::Table);

impl Table {
    pub fn new(headings: &[&str]) -> Self {
        let mut table = comfy_table::Table::new();
        table
            .load_preset(presets::UTF8_HORIZONTAL_ONLY)
            .remove_style(TableComponent::HorizontalLines)
            .remove_style(TableComponent::MiddleIntersections)
            .remove_style(TableComponent::TopBorder)
            .remove_style(TableComponent::BottomBorder)
            .remove_style(TableComponent::TopBorderIntersections)
            .remove_style(TableComponent::BottomBorderIntersections)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_header(headings.iter().copied());
        Self(table)
    }

    /// One row; cells that are missing at its end stay empty. What a mail wrote is shown without control characters.
    pub fn row(&mut self, cells: Vec<String>) {
        self.0.add_row(cells.into_iter().map(|cell| plain(&cell)));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.trim_fmt())
    }
}
