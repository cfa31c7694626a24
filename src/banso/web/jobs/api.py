"""Background work for programs: what runs, waits and failed, and asking for a run."""

from ninja import Query, Router, Status

from banso.web.jobs import operations, queries
from banso.web.jobs.schemas import BackgroundOut, JobOut, JobsPage, JobsQuery
from banso.webkit.api.paging import Key, checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Background work"])


@router.get("jobs", response=JobsPage, operation_id="listJobs")
@allowed("administer_jobs")
def jobs(request: StaffRequest, asked: Query[JobsQuery]) -> object:
    """List what was done, is done and is to be done, the newest first."""
    page = queries.jobs_page(
        state=asked.state,
        task=asked.task,
        cursor=checked(asked.cursor),
        size=asked.limit,
    )
    return paged(request, [queries.told(row) for row in page.rows], page.next)


@router.get("jobs/{job_id}", response=JobOut, operation_id="getJob")
@allowed("administer_jobs")
def job(request: StaffRequest, job_id: Key) -> object:
    """Return one job, and how far it is."""
    del request
    return queries.told(queries.row_of(queries.get_job(job_id)))


@router.post("jobs/{job_id}/attempt", response=JobOut, operation_id="retryJob")
@allowed("administer_jobs")
def attempt(request: StaffRequest, job_id: Key) -> object:
    """Let a job that failed begin at once."""
    queries.get_job(job_id)
    job = operations.retry(job_id, by=request.user, at=request.now)
    return queries.told(queries.row_of(job))


@router.get("background", response=BackgroundOut, operation_id="getBackground")
@allowed("administer_jobs")
def background(request: StaffRequest) -> object:
    """Return how much waits, who works on it, and what comes again and again."""
    return {
        "counts": queries.counts(),
        "workers": queries.live_workers(at=request.now),
        "coming": [
            {"title": str(each.title), "every": each.every, "next_at": each.next_at}
            for each in queries.coming()
        ],
    }


@router.post("runs", response={202: JobOut}, operation_id="startRun")
@allowed("administer_jobs")
def run(request: StaffRequest) -> object:
    """Ask for the numbers to be computed anew, without waiting for their time.

    The answer is the job: ask for it until its state is `done`. One that waits or runs
    already is returned. A worker does it (`banso serve`, `banso worker`); where nothing
    is new, it ends at once.
    """
    job = operations.ask_now("running.refresh", by=request.user, at=request.now)
    return Status(202, queries.told(queries.row_of(job)))
