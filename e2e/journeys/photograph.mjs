// A photograph of a document: sent from a record's page, listed, opened again, and gone with the account.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

async function send(stage, name, mimeType, buffer) {
  await stage.page.getByLabel('从相册或文件中选择').setInputFiles({ name, mimeType, buffer });
  await step.press(stage, '上传');
}

for (const script of [true, false]) {
  journey(`a photograph is sent, listed, opened and erased${script ? '' : ' without script'}`, async (stage) => {
    const { page } = stage;
    await step.registerPerson(stage);
    await step.ownRecord(stage);
    await page.getByRole('heading', { name: '再补充照片和材料' }).waitFor();
    await stage.look('record');

    await step.follow(stage, '证件影像');
    await step.arrive(stage, /^证件影像/);
    assert.match(await page.getByLabel('从相册或文件中选择').getAttribute('accept'), /image\/jpeg/);
    assert.equal(await page.getByLabel('或者现在拍照').getAttribute('capture'), 'environment');
    await stage.look('form');
    stage.tolerates(/status of 422/);
    await send(stage, 'me.html', 'image/jpeg', Buffer.from('<!doctype html><script>alert(1)</script>'));
    await page.getByRole('alert').getByText('不是本项可以接受的文件类型').waitFor();
    await stage.look('refused');

    await send(stage, 'IMG_0001.JPG', 'image/jpeg', step.PHOTOGRAPH);
    await page.getByRole('status').getByText('已收到').waitFor();
    const listed = page.getByRole('main').getByRole('listitem').filter({ hasText: 'JPEG，3 MB' });
    await listed.waitFor();
    await stage.look('listed');

    const answer = page.waitForResponse((response) => /\/att-[0-9a-f]{32}$/.test(response.url()));
    await listed.getByRole('button', { name: /^查看原件/ }).click();
    const opened = await answer;
    assert.equal(opened.status(), 200);
    assert.equal(opened.headers()['content-type'], 'image/jpeg');
    assert.equal(opened.headers()['content-length'], String(step.PHOTOGRAPH.length));
    assert.match(opened.headers()['content-security-policy'], /sandbox/);
    const again = opened.url();

    await step.open(stage, '/receipts');
    await page.getByRole('main').getByRole('list').getByRole('link').first().waitFor();
    page.on('dialog', (dialog) => dialog.accept());
    await step.open(stage, '/close');
    await step.press(stage, '删除信息并注销账号');
    await step.arrive(stage, '账号已注销');
    assert.notEqual((await page.request.post(again, { maxRedirects: 0 })).status(), 200);
  }, { script, widths: script ? undefined : [390] });
}
