//! `gerbang hub purge`: what gates struck or removed goes from the hub too.
//!
//! Shape: all databases → tombstones → each parts document anew without what is erased → compaction.
//! Limits and errors: a parts document is written over, never missing in between; `HUB-KEPT` where a
//! database still shows the old one after compaction.
//! Source: docs/hub.md, "Erasing".

use super::super::failure::Failure;
use super::super::moment;
use super::couch::{Couch, CouchArgs, GATHERED, segment};
use super::reading::{self, Listing};
use super::verify::words;
use crate::audit_log::{Part, StoredEntry};
use crate::sync::{Erasures, Finding, SegmentId, read_parts, read_segment};
use clap::Args;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::process::ExitCode;

/// Take from the hub what gates have struck or removed, and what is old.
///
/// Follows the signed tombstones in the gates' own logs: of each entry that a gate struck or removed, the
/// pseudonym and the sealed identity go from every database; then the databases are compacted, so that
/// no old revision keeps them. What stays of an entry holds nobody. Parts that belong to no segment go too.
/// Ends with 0, or with 1 when something is not believed, so that nobody can say what is in it.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  GERBANG_HUB_PASSWORD=… gerbang hub purge --registry kota/registry.cose --before 2026-11-01")]
pub struct PurgeArgs {
    #[command(flatten)]
    couch: CouchArgs,
    /// One database alone. Default: all venues' and the one that gathers them.
    #[arg(long, value_name = "NAME")]
    database: Option<String>,
    /// Also of whatever happened before then; a phone that is lost removes nothing any more.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    before: Option<i64>,
    /// Also delete documents that are not believed.
    #[arg(long)]
    rubbish: bool,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// A compaction that takes longer goes on by itself.
const COMPACTION_TRIES: usize = 600;

#[derive(Default)]
struct Purged {
    entries: usize,
    documents: usize,
    deleted: usize,
    findings: Vec<Finding>,
    /// Where an old revision was still shown.
    kept: usize,
}

pub fn run(args: &PurgeArgs) -> Result<ExitCode, Failure> {
    let registry = args.couch.registry()?;
    let couch = args.couch.open(registry.as_ref())?;
    let mut databases = match &args.database {
        Some(database) => vec![database.clone()],
        None => couch.databases()?,
    };
    // Venues first: what is written anew there then is the same revision as in the gathered one.
    databases.sort_by_key(|name| name == GATHERED);
    let before_unix_ms = args.before.map(|at| at.saturating_mul(1000));
    let mut purge = Purge {
        couch: &couch,
        erasures: Erasures::before(before_unix_ms),
        rubbish: args.rubbish,
        purged: Purged::default(),
    };
    for database in &databases {
        purge.database(database)?;
    }
    let purged = purge.purged;
    say(args, &purged, databases.len())?;
    let is_fine = purged.findings.is_empty() && purged.kept == 0;
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Purge<'a> {
    couch: &'a Couch,
    erasures: Erasures,
    rubbish: bool,
    purged: Purged,
}

impl Purge<'_> {
    fn database(&mut self, database: &str) -> Result<(), Failure> {
        let listing = reading::list(self.couch, database, "0")?;
        let ids: Vec<SegmentId> =
            listing.logs.values().flatten().map(|listed| listed.id.clone()).collect();
        let progress = reading::bar(ids.len());
        // A tombstone stands behind what it strikes, and may be in another log's turn: all are read first, and
        // again those of which something has to go.
        let mut rubbish: Vec<(String, String)> = Vec::new();
        let (mut due, mut keeping): (Vec<SegmentId>, Vec<SegmentId>) = (Vec::new(), Vec::new());
        let couch = self.couch;
        reading::fetch(couch, database, &ids, |fetched| {
            progress.inc(1);
            let Some(document) = &fetched.segment else { return Ok(()) };
            let id = fetched.id.to_string();
            let segment = match read_segment(&id, document.to_string().as_bytes()) {
                Ok(segment) => segment,
                Err(error) => {
                    rubbish.push((id.clone(), revision(document)));
                    rubbish.extend(
                        fetched.parts.iter().map(|parts| (fetched.id.of_parts(), revision(parts))),
                    );
                    self.purged.findings.push(Finding::Document { id, error });
                    return Ok(());
                }
            };
            self.erasures.learn(&segment);
            let Some(parts) = &fetched.parts else { return Ok(()) };
            let text = parts.to_string();
            match (
                self.erasures.erase(&segment, text.as_bytes()),
                read_parts(&segment, text.as_bytes()),
            ) {
                (Ok(Some(_)), _) => due.push(fetched.id),
                (_, Ok(entries)) if entries.iter().any(keeps) => keeping.push(fetched.id),
                (Ok(None), Ok(_)) => {}
                (Err(error), _) | (_, Err(error)) => {
                    rubbish.push((fetched.id.of_parts(), revision(parts)));
                    self.purged
                        .findings
                        .push(Finding::Parts { id: fetched.id, error: Some(error) });
                }
            }
            Ok(())
        })?;
        due.extend(keeping.into_iter().filter(|id| self.erasures.concerns(id)));
        progress.inc_length(due.len() as u64);
        let mut old = Vec::new();
        reading::fetch(couch, database, &due, |fetched| {
            progress.inc(1);
            let (Some(document), Some(parts)) = (&fetched.segment, &fetched.parts) else {
                return Ok(());
            };
            let id = fetched.id.to_string();
            let Ok(segment) = read_segment(&id, document.to_string().as_bytes()) else {
                return Ok(());
            };
            // What is not its own was named above, or is new and the next run's.
            if let Ok(Some((text, count))) =
                self.erasures.erase(&segment, parts.to_string().as_bytes())
            {
                let revision = revision(parts);
                write_over(couch, database, &fetched.id, &text, &revision)?;
                self.purged.entries += count;
                self.purged.documents += 1;
                old.push((fetched.id.of_parts(), revision));
            }
            Ok(())
        })?;
        progress.finish_and_clear();
        self.leavings(database, &listing, rubbish)?;
        compact(couch, database)?;
        for (id, revision) in old {
            let path = format!("{}/{}?rev={}", segment(database), segment(&id), segment(&revision));
            let answer = couch.read(&path)?;
            self.purged.kept += usize::from(answer.status != 404);
        }
        Ok(())
    }

    /// Parts without a segment, contents that do not count, and what is not believed where asked for.
    fn leavings(
        &mut self,
        database: &str,
        listing: &Listing,
        mut rubbish: Vec<(String, String)>,
    ) -> Result<(), Failure> {
        let lone = listing.lone_parts();
        let lone = lone.into_iter().map(|(id, revision)| (id.of_parts(), revision.clone()));
        let mut leavings: Vec<(String, String)> = lone.collect();
        for (id, revisions) in &listing.conflicts {
            leavings.extend(revisions.iter().map(|revision| (id.clone(), revision.clone())));
        }
        for (id, _) in &listing.strange {
            let error = crate::sync::SegmentError::Id;
            self.purged.findings.push(Finding::Document { id: id.clone(), error });
        }
        if self.rubbish {
            rubbish.extend(listing.strange.iter().cloned());
            leavings.append(&mut rubbish);
            self.purged.findings.clear();
        }
        for (id, revision) in leavings {
            self.delete(database, &id, &revision)?;
        }
        Ok(())
    }

    fn delete(&mut self, database: &str, id: &str, revision: &str) -> Result<(), Failure> {
        let path = format!("{}/{}?rev={}", segment(database), segment(id), segment(revision));
        let answer = self.couch.ask("DELETE", &path, None)?;
        match answer.status {
            200 | 202 => self.purged.deleted += 1,
            // Gone, or another by now: the next run looks again.
            404 | 409 => return Ok(()),
            _ => return Err(answer.refused(id)),
        }
        // So that not even the id stays; servers without it keep that.
        if let Some(revision) = answer.body.get("rev") {
            let path = format!("{}/_purge", segment(database));
            let _ = self.couch.ask("POST", &path, Some(&json!({ id: [revision] })))?;
        }
        Ok(())
    }
}

/// Whether something of it may still have to be erased.
fn keeps(entry: &StoredEntry) -> bool {
    [&entry.pseudonym, &entry.sealed].map(Part::kept) != [None, None]
}

fn revision(document: &Value) -> String {
    document.get("_rev").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn write_over(
    couch: &Couch,
    database: &str,
    id: &SegmentId,
    text: &str,
    revision: &str,
) -> Result<(), Failure> {
    let mut document: Value = serde_json::from_str(text).expect("our own JSON");
    if let Some(members) = document.as_object_mut() {
        members.insert("_rev".to_owned(), revision.into());
    }
    let path = format!("{}/{}", segment(database), segment(&id.of_parts()));
    let answer = couch.ask("PUT", &path, Some(&document))?;
    match answer.status {
        200..300 => Ok(()),
        // Replication was quicker with the same.
        409 => Ok(()),
        _ => Err(answer.refused(&id.of_parts())),
    }
}

/// Old revisions' contents go; waits until they are gone.
fn compact(couch: &Couch, database: &str) -> Result<(), Failure> {
    let path = format!("{}/_compact", segment(database));
    let answer = couch.ask("POST", &path, Some(&json!({})))?;
    if answer.status / 100 != 2 {
        return Err(answer.refused(database));
    }
    let progress = reading::spinner("{spinner} the hub compacts {msg}");
    progress.set_message(database.to_owned());
    for _ in 0..COMPACTION_TRIES {
        let answer = couch.read(&segment(database))?;
        if answer.body.get("compact_running").and_then(Value::as_bool) != Some(true) {
            break;
        }
        progress.tick();
        moment::pause_ms(500);
    }
    progress.finish_and_clear();
    Ok(())
}

fn say(args: &PurgeArgs, purged: &Purged, databases: usize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if args.json {
        let findings: Vec<_> = purged.findings.iter().map(super::verify::finding_json).collect();
        let said = json!({
            "databases": databases,
            "entries": purged.entries,
            "documents": purged.documents,
            "deleted": purged.deleted,
            "kept": purged.kept,
            "findings": findings,
        });
        return writeln!(out, "{said}");
    }
    for finding in &purged.findings {
        writeln!(out, "{} [{}]", words(finding), finding.code())?;
    }
    if purged.kept > 0 {
        let kept = purged.kept;
        writeln!(out, "{kept} old documents are still there: run it again later [HUB-KEPT]")?;
    }
    writeln!(
        out,
        "{} entries erased in {} documents of {databases} databases, {} documents deleted",
        purged.entries, purged.documents, purged.deleted
    )
}
