// The stage tried on two pages of its own: it must pass the good one and catch each fault of the flawed one.

import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';

import { journey } from '../stage.mjs';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  // As strict as the program's own: the checks must work under it.
  'content-security-policy': "default-src 'none'; img-src data:; form-action 'self'",
};

async function samples() {
  const server = createServer(async (request, response) => {
    const page = await readFile(new URL(`.${request.url}`, import.meta.url)).catch(() => null);
    response.writeHead(page ? 200 : 404, HEADERS).end(page ?? 'none');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise((resolve) => server.close(resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop };
}

journey('the stage passes a good page', async (stage) => {
  await stage.page.goto('/good.html');
  await stage.page.getByLabel('手机号码').fill('13800000000');
  await stage.look('good');
  assert.ok((await stat(await stage.shot('good'))).size > 1000);
}, { server: samples });

journey('the stage catches a flawed page', async (stage) => {
  await stage.page.goto('/flawed.html');
  await assert.rejects(stage.isAccessible(), /label/);
  await assert.rejects(stage.fits(), /px wide/);
  assert.throws(() => stage.hasNoErrors(), /errors/);
  stage.tolerates(/Content Security Policy/);
  stage.hasNoErrors();
}, { server: samples });

journey('the stage catches a missing page and another host', async (stage) => {
  await stage.page.goto('/none.html');
  assert.throws(() => stage.hasNoErrors(), /404/);
  stage.tolerates(/404/);
  // The browser may give the page up before it says what it asked for.
  const asked = stage.page.waitForRequest(/localhost/);
  await stage.page.goto(stage.origin.replace('127.0.0.1', 'localhost')).catch(() => {});
  await asked;
  assert.throws(() => stage.hasNoErrors(), /another host/);
  stage.tolerates(/another host/);
}, { server: samples, widths: [1280] });
