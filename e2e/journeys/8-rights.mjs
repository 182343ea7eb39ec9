// Rights that reach beyond the page: a copy for somebody whom the person names, and an account that is closed while cover runs
// and a claim is open.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

journey('a copy is sent to whom the person names', async (stage) => {
  const BASE = '/p/juqianbao';
  const { page } = stage;
  await step.beCustomer(stage, '13900000101', BASE);
  await page.goto(`${BASE}/rights/port`);
  await step.follow(stage, '向您指定的第三方传输副本');
  await page.getByText('没有这家机构的数据接口').waitFor();
  await stage.look('to whom');
  await step.follow(stage, '传给这家机构');
  assert.equal(await page.getByText('苏映棠').count(), 0, 'what goes is named, not shown');
  stage.tolerates(/status of 422/);
  await step.press(stage, '传输');
  await page.getByRole('alert').waitFor();
  await stage.look('unanswered');
  const answers = page.getByRole('group', { name: /同意/ });
  for (let nth = 0; nth < (await answers.count()); nth += 1) {
    await answers.nth(nth).getByLabel(nth === 0 ? '同意' : '不同意', { exact: true }).check();
  }
  await step.press(stage, '传输');
  await page.getByRole('heading', { level: 1, name: /^已送达/ }).waitFor();
  await page.getByText(/^R\d{6}$/).waitFor();
  await stage.look('sent');
  await page.goto(`${BASE}/send/qinghe`);
  await step.arrive(stage, '传给南泽青禾保险经纪有限公司');
  await stage.look('no address');
  await page.goto(`${BASE}/mine/shared`);
  await page.getByText('榆川云栈企业服务有限公司').first().waitFor();
});

// Both widths share one house, and an account is closed but once: the phone closes it.
journey('an account is closed while cover runs and a claim is open', async (stage) => {
  const BASE = '/p/anrun';
  const { page } = stage;
  await step.beCustomer(stage, '13900000301', BASE);
  await page.goto(`${BASE}/close`);
  const said = page.getByRole('main');
  for (const words of ['暂不办理', '予以办理', '保险产品仍在有效期内', '正在理赔', '继续办理的理赔']) {
    await said.getByText(words).first().waitFor();
  }
  await stage.look('both verdicts');
  page.on('dialog', (dialog) => dialog.accept());
  await step.press(stage, '删除信息并注销账号');
  await step.arrive(stage, '账号已注销，未结的理赔继续办理');
  await stage.look('closed');
  await page.goto(`${BASE}/home`);
  assert.match(page.url(), /\/login/, 'nobody is in any more');
}, { widths: [390] });
