// A large file over a bad line: its pieces go on after the line broke and after a reload, and it is received once.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

/** A photograph of four pieces, and what is none: files, which a browser knows again by their length and their day. */
async function files() {
  const folder = await mkdtemp(join(tmpdir(), 'photograph-'));
  const [photograph, page] = ['IMG_0002.JPG', 'IMG_0003.JPG'].map((name) => join(folder, name));
  await writeFile(photograph, Buffer.concat([step.PHOTOGRAPH, Buffer.alloc(1 << 20, 0x20)]));
  await writeFile(page, '<!doctype html>'.padEnd(3 << 20));
  return { photograph, page, remove: () => rm(folder, { recursive: true }) };
}

journey('a large photograph goes on after a broken line and a reload', async (stage) => {
  const { page } = stage;
  const { photograph, page: none, remove } = await files();
  const send = async (file = photograph) => {
    await page.getByLabel('从相册或文件中选择').setInputFiles(file);
    await page.getByRole('button', { name: '上传', exact: true }).click();
  };
  stage.tolerates(/net::ERR_FAILED|net::ERR_INTERNET_DISCONNECTED/);
  await step.registerPerson(stage);
  await step.ownRecord(stage);
  await step.follow(stage, '证件影像');
  await step.arrive(stage, /^证件影像/);

  // The line breaks with the third piece, and stays broken.
  const offsets = [];
  let broken = true;
  await page.route('**/uploads/upl-*', (route) => {
    const request = route.request();
    if (broken && (offsets.length === 2 || request.method() === 'HEAD')) {
      return route.abort();
    }
    if (request.method() === 'PATCH') {
      offsets.push(Number(request.headers()['upload-offset']));
    }
    return route.continue();
  });
  await send();
  await page.getByRole('status').getByText('网络中断').waitFor();
  assert.equal(await page.getByRole('progressbar', { name: '上传进度' }).getAttribute('value'), '59');
  await stage.look('broken');
  assert.deepEqual(offsets, [0, 1 << 20]);

  // Reloaded: what is there stays there, and the same file goes on behind it.
  broken = false;
  await page.reload();
  await page.getByRole('status').getByText('上次的上传没有完成').waitFor();
  await stage.look('left');
  await send();
  await page.getByRole('status').getByText('已收到').waitFor();
  assert.ok(offsets.slice(2).every((offset) => offset >= 2 << 20), `nothing twice: ${offsets}`);
  await page.getByRole('main').getByRole('listitem').filter({ hasText: 'JPEG，4 MB' }).waitFor();
  await stage.look('received');

  // Given up by the button: nothing waits for the next visit.
  broken = true;
  offsets.length = 0;
  await send();
  await page.getByRole('status').getByText('网络中断').waitFor();
  broken = false;
  await page.getByRole('button', { name: '取消这次上传' }).click();
  await page.waitForURL(/registrant\.id-image$/);
  assert.equal(await page.getByText('上次的上传没有完成').isVisible(), false);

  // What is no photograph is refused with its first piece, and the page says why.
  stage.tolerates(/status of 422/);
  offsets.length = 0;
  await send(none);
  await page.getByRole('alert').getByText('不是本项可以接受的文件类型').waitFor();
  assert.deepEqual(offsets, [0]);
  await remove();
});
