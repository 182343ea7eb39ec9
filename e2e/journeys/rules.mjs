// Compliance reads what was found in a text that is to be published: the line in question, the rule, and how many more there are.

import assert from 'node:assert/strict';

import { drafted } from '../server.mjs';
import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

journey('compliance reads what was found in a draft and the rule behind it', async (stage) => {
  const { page } = stage;
  await step.beStaff(stage, 'operator');
  await page.goto('/console/policy');
  await page.locator('#drafts').getByRole('link').click();
  await step.arrive(stage, '草稿');
  await page.getByRole('heading', { name: /^错误 \d+ 条$/ }).waitFor();
  await stage.look('draft');
  const first = page.locator('.of-code').filter({ has: page.locator('mark') }).first();
  assert.ok((await first.locator('mark').first().innerText()).length > 0, 'the place is marked');
  const code = await first.getByRole('heading').getByRole('link').innerText();

  const fold = page.getByRole('link', { name: /的全部 \d+ 条$/ }).first();
  const [, of, count] = (await fold.innerText()).match(/^(\S+) 的全部 (\d+) 条$/);
  await fold.click();
  await page.getByText(`只看 ${of}`).waitFor();
  const shown = page.locator('#findings li.finding');
  assert.equal(await shown.count(), Number(count), 'the fold says how many there are');
  await stage.look('one code');
  await page.getByRole('link', { name: '全部检查发现' }).click();
  await page.getByRole('link', { name: /会改变什么$/ }).click();
  await step.arrive(stage, '会改变什么');
  await stage.look('changes');
  await page.goBack();
  await page.getByRole('link', { name: code, exact: true }).first().click();

  await step.arrive(stage, new RegExp(`^${code} `));
  for (const name of ['依据', '为什么', '查什么', '怎样改', '示例']) {
    await page.getByRole('heading', { level: 2, name }).waitFor();
  }
  await stage.look('rule');
  await page.getByRole('link', { name: '检查规则', exact: true }).click();
  await step.arrive(stage, '检查规则');
  await stage.look('rules');
  await page.getByText(/^没有发现的 \d+ 个编号$/).first().click();
  await stage.look('rules without findings');

  stage.tolerates(/status of 404/);
  await page.goto('/console/rules/R410');
  await step.arrive(stage, '没有编号为 R410 的检查规则');
  await stage.look('no rule');
  await page.getByRole('link', { name: 'R41', exact: true }).click();
  await step.arrive(stage, /^R41 /);
}, { server: drafted });

journey('the policy page leads to the findings of the version in force', async (stage) => {
  const { page } = stage;
  await step.beStaff(stage, 'operator');
  await page.goto('/console/policy');
  await step.follow(stage, '逐条看检查发现');
  await step.arrive(stage, '施行中的版本');
  await stage.look('in force');
  await page.getByRole('heading', { name: '已确认' }).waitFor();
  await page.locator('#answered').getByRole('link').first().click();
  await page.getByText('已确认：').first().waitFor();
  await stage.look('answered');
});
