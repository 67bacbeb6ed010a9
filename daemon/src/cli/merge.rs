//! `tanggap case merge`: two reports of one incident.

use super::staff::{On, known, operator};
use crate::case::{Act, Event, Exit};
use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// Joins a case into another: the same incident, reported twice (SOP step 2). Both keep their numbers.
pub async fn merge(
    store: &Store,
    clock: &Clock,
    (on, into): (&On, &str),
    reason: &str,
) -> Result<(), StoreError> {
    let operator = operator(on.by.as_ref())?;
    let (from, into) = (known(store, &on.register).await?, known(store, into).await?);
    if from.id == into.id {
        return Err(StoreError::Refused(
            "sebuah kasus tidak dapat digabung dengan dirinya sendiri".to_owned(),
        ));
    }
    let gone = Act::Dismissed {
        exit: Exit::Duplicate,
        of: into.register.clone(),
        reason: reason.to_owned(),
    };
    let kept = Act::Linked {
        register: from.register.clone(),
        how: "digabung ke sini".to_owned(),
    };
    let events = [(from.id, Event::Acted(gone)), (into.id, Event::Acted(kept))];
    store.act(&events, &operator, clock.now()).await?;
    println!(
        "{} digabung ke {}; keduanya tetap tercatat.",
        from.register, into.register
    );
    Ok(())
}
