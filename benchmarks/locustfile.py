"""What a coordinator's office does in a minute, as load: read by `benchmarks.load`."""

from __future__ import annotations

import re

from locust import HttpUser, between, task

LOGIN, PASSWORD = "mizuno", "mihon-no-machi"
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')
PERSON = re.compile(r'href="(/people/[A-Za-z0-9_-]{22})"')


class Coordinator(HttpUser):
    """Signs in once, then mostly reads, as coordinators do."""

    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        """Sign in and note some people to look at."""
        token = self.token_of("/sign-in")
        form = {"login": LOGIN, "password": PASSWORD, "next": "/", "form_token": token}
        self.client.post("/sign-in", data=form, name="sign in")
        self.people = sorted(set(PERSON.findall(self.client.get("/people").text)))
        self.turn = 0

    @task(3)
    def home(self) -> None:
        """Look at today's work."""
        self.client.get("/")

    @task(3)
    def people_list(self) -> None:
        """Look who waits."""
        self.client.get("/people")

    @task(5)
    def person(self) -> None:
        """Open somebody, then the places that may fit."""
        page = self.next_person()
        self.client.get(page, name="/people/{id}")
        self.client.get(f"{page}/openings", name="/people/{id}/openings")

    @task(4)
    def catalogue(self) -> None:
        """Search the catalogue."""
        self.client.get("/places", params={"text": "体操"}, name="/places?text=")

    @task(2)
    def matching(self) -> None:
        """Look at the runs."""
        self.client.get("/matching")

    def next_person(self) -> str:
        """Return the page of the next person in turn."""
        self.turn += 1
        page: str = self.people[self.turn % len(self.people)]
        return page

    def token_of(self, path: str) -> str:
        """Return the token of the form on a page."""
        found = TOKEN.search(self.client.get(path).text)
        if found is None:
            raise RuntimeError(f"no form on {path}")
        return found.group(1)
