//! `tanggap report --record`: SOP step 10 on every case that the report counts as closed. Asked again, it does nothing more.

use super::super::period::Period;
use super::super::staff::{operator, with_skips};
use super::Report;
use crate::case::{Act, Phase};
use crate::clock::{Clock, Timestamp};
use crate::store::{Span, Store, StoreError};
use crate::tongue::say;

pub async fn record(
    report: &Report,
    (store, clock): (&Store, &Clock),
    period: &Period,
) -> Result<(), StoreError> {
    let operator = operator(report.by.as_ref())?;
    let before = Span {
        from: Timestamp(i64::MIN),
        to: period.span.to,
    };
    let closed = |phase| matches!(phase, Phase::Closed | Phase::Drafted);
    let (mut recorded, mut left) = (0, Vec::new());
    for case in store.cases_of(before).await? {
        if !closed(case.progress.phase) {
            continue;
        }
        let period = period.name.clone();
        let Ok(events) = with_skips(&case, Act::Reported { period }, report.skip.as_deref()) else {
            left.push(case.register);
            continue;
        };
        let events: Vec<_> = events.into_iter().map(|event| (case.id, event)).collect();
        store.act(&events, &operator, clock.now()).await?;
        recorded += 1;
    }
    println!(
        "{}",
        say!(
            "Langkah 10 dicatat pada {recorded} kasus atas nama {operator}.",
            "Step 10 is recorded in {recorded} cases in the name of {operator}."
        )
    );
    if !left.is_empty() {
        println!(
            "{}",
            say!(
                "Belum dicatat, karena draf publikasi (langkah 9) belum dibuat: {}. Buat dengan `tanggap case publication`, atau ulangi dengan --skip \"ALASAN\".",
                "Not recorded, because the draft publication (step 9) was not made: {}. Make it with `tanggap case publication`, or repeat with --skip \"REASON\".",
                left.join(", ")
            )
        );
    }
    Ok(())
}
