"""Accounts: the verbs. Who changes or deletes one says its password, whether or not they are logged in."""

from collections.abc import Sequence

from api_queue.accounts.account_models import (
    Account,
    AccountStore,
    MembersLikes,
    PersonalQueues,
    new_password,
    new_username,
    normal_password,
    username_key,
)
from api_queue.accounts.logins import LoginService
from api_queue.accounts.models import PREFIX, LoginToken, new_secret, new_token
from api_queue.accounts.passwords import Passwords
from api_queue.accounts.service import TokenService
from api_queue.drivers.clock import Clock
from api_queue.errors import SignupOff, UnknownAccount, UsernameTaken, WrongPassword
from api_queue.types import GuestId
from api_queue.web.identity import Caller
from api_queue.web.rate_limits import Limiter


class AccountService:
    """`open_to_all`: guests may make accounts; else only whoever runs the server."""

    def __init__(
        self,
        store: AccountStore,
        tokens: TokenService,
        logins: LoginService,
        personal: PersonalQueues,
        likes: MembersLikes,
        limit: Limiter,
        clock: Clock,
        *,
        open_to_all: bool,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._logins = logins
        self._personal = personal
        self._likes = likes
        self._limit = limit
        self._clock = clock
        self._open_to_all = open_to_all
        self._passwords = Passwords()

    # -- by their owners ---------------------------------------------------------------------------------------

    async def register(self, username: str, password: str, caller: Caller) -> Account:
        """What does not fit does not count as one of the accounts of an hour; a name that is taken does, or they could
        all be tried.
        """
        if not self._open_to_all:
            raise SignupOff
        new_password(password, new_username(username))
        await self._limit.check("signup", caller)
        return await self.create(username, password)

    async def log_in(self, username: str, password: str) -> LoginToken:
        """Raises WrongPassword, and BadCredential where the token behind the account was revoked."""
        account = await self._proven(username, password)
        return await self._tokens.use_by_id(account.token_id)

    async def change_password(self, username: str, password: str, following: str) -> None:
        """All logins end, and the tokens of its queue, as somebody else may know the old one. Raises WrongPassword."""
        await self._set(await self._proven(username, password), following)

    async def close(self, username: str, password: str) -> None:
        """Raises WrongPassword."""
        await self._remove(await self._proven(username, password))

    async def account_of(self, token_id: str) -> Account | None:
        return await self._store.by_token(token_id)

    # -- by the operator ---------------------------------------------------------------------------------------

    async def create(self, username: str, password: str) -> Account:
        """The value of its login token is nowhere, not even here once this is done."""
        name, now_ms = new_username(username), self._clock.now_ms()
        password_hash = await self._passwords.hash(new_password(password, name))
        token = new_token(new_secret(PREFIX), "member", None, now_ms, label="account")
        account = Account(token.token_id, name, password_hash, now_ms)
        if not await self._store.add(account, username_key(name), token):
            raise UsernameTaken(username=name)
        return account

    async def accounts(self) -> Sequence[Account]:
        return await self._store.accounts()

    async def set_password(self, username: str, password: str) -> None:
        await self._set(await self._known(username), password)

    async def delete(self, username: str) -> None:
        await self._remove(await self._known(username))

    # -- what both do ------------------------------------------------------------------------------------------

    async def _known(self, username: str) -> Account:
        account = await self._store.by_key(username_key(username))
        if account is None:
            raise UnknownAccount(username=username)
        return account

    async def _proven(self, username: str, password: str) -> Account:
        account = await self._store.by_key(username_key(username))
        fits = await self._passwords.fits(normal_password(password), account.password_hash if account else None)
        if account is None or not fits:
            raise WrongPassword
        return account

    async def _set(self, account: Account, password: str) -> None:
        password_hash = await self._passwords.hash(new_password(password, account.username))
        await self._store.set_password(account.token_id, password_hash)
        await self._logins.end_all(account.token_id)
        await self._tokens.revoke_queue(account.queue)

    async def _remove(self, account: Account) -> None:
        """The logins go first, or one of them makes the queue anew; the account last, so that what was cut short can be
        asked for again.
        """
        await self._tokens.revoke(account.token_id)
        await self._personal.delete(account.queue)
        await self._likes.forget(GuestId(account.user_id))
        await self._store.remove(account.token_id)
