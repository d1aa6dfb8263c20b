//! A project judged through the library, so that two ways of judging can be compared and timed.

use std::{path::Path, sync::Arc};
use touchstone::{
    diagnostic::{Diagnostic, Sources, render_all},
    engine::{
        Bench, BlockResult, Filter, FindingEncoder, FindingSink, Judge, SourceAsk, SourcePlan, Wanted,
        plan_source,
    },
    finding::{Alike, Finding},
    ingest::{self, Block, Decoder, Opened, Reader, ReaderOptions, Want},
    project::{LoadOptions, Project, load},
    record::Batch,
    report::{Encoder, Format, Ready, Report, Setting, report},
    wording::Lang,
};

/// 2026-03-31T00:00:00Z.
const AS_OF: i64 = 1_774_915_200_000_000;

/// A project with its only source open.
pub(crate) struct Subject {
    project: Project,
    opened: Arc<Opened>,
    texts: Sources,
}

impl Subject {
    /// Loads the project in `folder`; its mistakes as text otherwise.
    pub(crate) fn load(folder: &Path) -> Result<Self, String> {
        let loaded = load(folder, &LoadOptions::default());
        refuse(&loaded.diagnostics, &loaded.sources)?;
        let project = loaded.project.ok_or("no project")?;
        let (opened, diagnostics) = ingest::open(&project.sources[0].spec);
        refuse(&diagnostics, &loaded.sources)?;
        let opened = Arc::new(opened.ok_or("no source")?);
        Ok(Self { project, opened, texts: loaded.sources })
    }

    /// Plans the rules with these ids, all if there are none; mistakes as text.
    pub(crate) fn plan(&self, rules: &[String], row_by_row: bool) -> Result<SourcePlan, String> {
        let source = &self.project.sources[0];
        let ask = SourceAsk {
            id: source.id.clone(),
            kind: source.kind.clone(),
            key: source.key.iter().map(|it| (it.text.clone(), it.place.clone())).collect(),
            date: None,
            subject: Vec::new(),
            derive: Vec::new(),
            calendars: self.project.calendars.clone(),
            waivers: Vec::new(),
        };
        let filter = Filter { rules: rules.to_vec(), ..Filter::default() };
        let setting = (&self.project.zone, AS_OF, Lang::En);
        let (plan, diagnostics) =
            plan_source(&ask, &self.opened.schema, &self.project.packs, setting, &filter, row_by_row);
        refuse(&diagnostics, &self.texts)?;
        plan.ok_or_else(|| "no plan".to_owned())
    }

    /// All records, decoded for a plan.
    pub(crate) fn batches(&self, plan: &SourcePlan) -> Result<Vec<Batch>, String> {
        let want = |it: &touchstone::engine::PlanColumn| Want {
            field: it.field,
            as_written: it.as_written,
            coded: it.coded,
        };
        let wants = plan.columns.iter().map(want).collect();
        let said = |it: Diagnostic| render_all(&[it], &self.texts, Lang::En, false);
        let reader = Reader::new(Arc::clone(&self.opened), wants, ReaderOptions::default()).map_err(said)?;
        let (mut decoder, mut block, mut faults) = (Decoder::new(&reader), Block::default(), Vec::new());
        let mut batches = Vec::new();
        while reader.next_block(&mut block).map_err(said)? {
            let mut batch = Batch::default();
            decoder.decode(&reader, &mut block, &mut batch, &mut faults);
            batches.push(batch);
        }
        Ok(batches)
    }

    /// Judges batches on this thread; `whole` findings are encoded with everything in them.
    pub(crate) fn judge(&self, plan: &SourcePlan, batches: &mut [Batch], whole: bool) -> Vec<BlockResult> {
        let files: Vec<String> = self.opened.files.iter().map(|it| it.shown.clone()).collect();
        let sink = Lines {
            report: report(Format::Ndjson, Setting::plain(Lang::En, self.project.zone.clone())),
            whole,
        };
        let bench = Bench::new(files, &self.project.zone, touchstone::engine::Windows::default());
        let judging = bench.judging(plan, &sink);
        let mut judge = Judge::new(&judging);
        batches.iter_mut().map(|it| judge.judge(it)).collect()
    }
}

fn refuse(diagnostics: &[Diagnostic], texts: &Sources) -> Result<(), String> {
    let wrong = diagnostics.iter().any(Diagnostic::is_error);
    if wrong { Err(render_all(diagnostics, texts, Lang::En, false)) } else { Ok(()) }
}

/// One finding a line.
struct Lines {
    report: Box<dyn Report>,
    whole: bool,
}

impl FindingSink for Lines {
    fn wanted(&self) -> Wanted {
        let it = self.whole;
        Wanted { findings: it, message: it, evidence: it, id: it, subject: it, worst: false, outcomes: false }
    }

    fn outputs(&self) -> usize {
        1
    }

    fn encoder(&self) -> Box<dyn FindingEncoder + '_> {
        Box::new(LinesOf(self.report.encoder()))
    }
}

struct LinesOf<'a>(Box<dyn Encoder + 'a>);

impl FindingEncoder for LinesOf<'_> {
    fn encode(&mut self, findings: &[(Alike, Finding<'_>)], buffers: &mut [Vec<u8>]) {
        for (alike, finding) in findings {
            self.0.finding(&Ready::new(finding, *alike), &mut buffers[0]);
            buffers[0].push(b'\n');
        }
    }
}
