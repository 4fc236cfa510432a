// A front end in short: the client is generated from openapi.json, and every line here is checked against it.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Job = components["schemas"]["JobView"];

const baseUrl = process.env.JATIFY_URL;
assert(baseUrl, "JATIFY_URL names the server");
const account = { email: `ts${Date.now()}@example.com`, password: "correct horse battery staple" };
const guest = createClient<paths>({ baseUrl });

const registered = await guest.POST("/api/auth/register", { body: { ...account, name: "Ada" } });
assert.equal(registered.response.status, 201);

const login = await guest.POST("/api/auth/login", { body: account });
assert(login.data);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${login.data.token}` } });

const created = await client.POST("/api/jobs", { body: { company: "Acme", position: "Engineer" } });
assert(created.data);
const job: Job = created.data;
assert.equal(created.response.headers.get("Location"), `/api/jobs/${job.id}`);

const patched = await client.PATCH("/api/jobs/{job_id}", {
  params: { path: { job_id: job.id }, header: { "If-Match": created.response.headers.get("ETag") ?? "" } },
  body: { location: "London", workplace: "hybrid" },
});
assert.equal(patched.data?.workplace, "hybrid");

const listed = await client.GET("/api/jobs", { params: { query: { limit: 1, sort: "company" } } });
assert.deepEqual(listed.data?.items.map((item) => item.id), [job.id]);

const refused = await client.POST("/api/jobs", { body: { company: "", position: "Engineer" } });
assert.equal(refused.error?.type, "/problems/invalid");
assert.deepEqual(refused.error?.errors?.map((fault) => fault.pointer), ["/company"]);

const stranger = await guest.GET("/api/jobs");
assert.equal(stranger.response.status, 401);
console.log("typescript: ok");
