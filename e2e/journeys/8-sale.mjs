// Applying for others: two children of a customer, by their guardian, with refusals on the way.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const BASE = '/p/yihui-xicheng';
const PARENT = '13900020001';

journey('a guardian insures two children, and no adult is answered for', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, PARENT, BASE);

  await page.goto(`${BASE}/functions/insure-family`);
  await step.arrive(stage, '为家庭成员投保');
  assert.equal(await page.getByRole('checkbox', { checked: true }).count(), 0, 'somebody is chosen beforehand');
  assert.equal(await page.getByText('由我代为填写').count(), 0, 'an adult could be answered for');
  await stage.look('who');
  const children = page.getByRole('group', { name: '儿童是谁' });
  await children.getByLabel(/不满十四周岁/).check();
  await step.press(stage, '下一步');

  const child = (nth, item) => page.locator(`[name="child.ward.${nth}.${item}"]`);
  const people = [1, 2].map(() => step.newPerson({ born: '20180501' }));
  await child(1, 'name').fill('温小初');
  await step.press(stage, '再添一位');
  assert.equal(await child(1, 'name').inputValue(), '温小初', 'what was typed is gone');
  for (const [place, { idNumber }] of people.entries()) {
    const nth = place + 1;
    await child(nth, 'name').fill(`温小${'初末'[place]}`);
    await child(nth, 'id-type').selectOption('居民身份证');
    await child(nth, 'id-number').fill(idNumber);
    await page.locator(`[name="child.ward.${nth}.sex"][value="女"]`).check();
    await child(nth, 'birth-date').fill('2018-05-01');
    await child(nth, 'family-relation').fill('母女');
  }

  const answers = page.getByRole('group', { name: /^(同意|单独同意) / });
  const count = await answers.count();
  assert.ok(count >= 4, 'each child has consents of its own');
  stage.tolerates(/status of 4(03|22)/);
  await step.press(stage, '提交');
  await page.getByRole('alert').getByText('第 2 位').first().waitFor();
  assert.equal(await page.getByRole('radio', { name: '同意', checked: true }).count(), 0, 'a consent is remembered');
  await stage.look('unanswered');

  const choose = async (word) => {
    for (let nth = 0; nth < count; nth += 1) {
      await answers.nth(nth).getByLabel(word, { exact: true }).check();
    }
  };
  await choose('不同意');
  await step.press(stage, '提交');
  await page.getByRole('heading', { name: '没有提交：您填写的内容没有保存' }).waitFor();
  assert.equal(await child(2, 'name').inputValue(), '温小末');
  await stage.look('refused');

  await choose('同意');
  await step.press(stage, '提交');
  await page.getByRole('status').getByText('已完成').waitFor();

  await page.goto(`${BASE}/records`);
  await page.getByRole('main').getByRole('link').filter({ hasText: '订单' }).last().click();
  await page.getByRole('heading', { name: '儿童' }).first().waitFor();
  assert.equal(await page.getByText(people[0].idNumber).count(), 0, 'a number is shown in the clear');
  await stage.look('order');
});
