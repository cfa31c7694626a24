"""Users for programs of administrators."""

from ninja import Router

from banso.web.accounts import operations, queries, sessions
from banso.web.accounts.schemas import (
    ActivityIn,
    NewUserIn,
    PersonIn,
    UserOut,
    UsersOut,
)
from banso.webkit.api.paging import Key
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Administration"])


@router.get("users", response=UsersOut, operation_id="listUsers")
@allowed("administer_users")
def users(request: StaffRequest) -> object:
    """List all users, what they may do, and whether they can sign in."""
    del request
    return {"items": queries.told(queries.list_users())}


@router.post("users", response=UserOut, operation_id="addUser")
@allowed("administer_users")
def add(request: StaffRequest, body: NewUserIn) -> object:
    """Add a user who can sign in at once."""
    user = operations.create_user(
        body.person, password=body.password, by=request.user, at=request.now
    )
    return queries.told([user])[0]


@router.get("users/{user_id}", response=UserOut, operation_id="getUser")
@allowed("administer_users")
def user(request: StaffRequest, user_id: Key) -> object:
    """Return one user."""
    del request
    return queries.told([queries.get_user(user_id=user_id)])[0]


@router.put("users/{user_id}", response=UserOut, operation_id="changeUser")
@allowed("administer_users")
def change(request: StaffRequest, user_id: Key, body: PersonIn) -> object:
    """Change a user's name, e-mail, role, scope or team."""
    changed = operations.change_user(
        queries.get_user(user_id=user_id), body.person, by=request.user, at=request.now
    )
    return queries.told([changed])[0]


@router.post("users/{user_id}/activity", response=UserOut, operation_id="switchUser")
@allowed("administer_users")
def activity(request: StaffRequest, user_id: Key, body: ActivityIn) -> object:
    """Let a user sign in, or no longer: open sessions and tokens end."""
    changed = operations.set_active(
        queries.get_user(user_id=user_id),
        active=body.is_active,
        by=request.user,
        at=request.now,
    )
    return queries.told([changed])[0]


@router.delete(
    "users/{user_id}/factors", response=UserOut, operation_id="resetUserFactors"
)
@allowed("administer_users")
def factors(request: StaffRequest, user_id: Key) -> object:
    """Take all second factors from a user who lost them, and sign them out."""
    found = queries.get_user(user_id=user_id)
    sessions.reset_factors(found, by=request.user, at=request.now)
    return queries.told([found])[0]
