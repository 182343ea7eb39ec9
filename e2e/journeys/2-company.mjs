// A company registers through its contact, whose number is first mistyped.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

journey('a company registers, and a mistyped number is named and loses nothing', async (stage) => {
  const { page } = stage;
  const contact = step.newPerson();
  const code = step.newCompanyCode();
  const typed = {
    企业名称: '星桥仪器有限公司',
    企业证件代码: code,
    企业证件号: code,
    企业联系人姓名: contact.name,
    企业联系人电话号码: contact.phone,
    企业联系人身份证号码: step.wrongly(contact.idNumber),
    企业联系人邮箱: 'wen@xingqiao.example',
  };

  await step.open(stage, '/');
  await step.follow(stage, '企业注册');
  await step.arrive(stage, '企业注册');
  await stage.look('form');
  for (const [name, value] of Object.entries(typed)) {
    await step.field(stage, name).fill(value);
  }
  await step.answer(stage, /^同意 企业用户注册/, '同意');
  await step.answer(stage, /^单独同意 企业用户注册/, '同意');
  stage.tolerates(/status of 422/);
  await step.press(stage, '提交注册');

  const problems = page.getByRole('alert');
  await problems.waitFor();
  assert.deepEqual(await problems.getByRole('link').allInnerTexts(), ['企业联系人 · 企业联系人身份证号码：号码的校验位不对，请核对']);
  assert.ok(await problems.evaluate((element) => element === document.activeElement), 'the summary has no focus');
  for (const [name, value] of Object.entries(typed)) {
    assert.equal(await step.field(stage, name).inputValue(), value, `${name} was lost`);
  }
  await stage.look('mistyped');
  await problems.getByRole('link').click();
  const wrong = step.field(stage, '企业联系人身份证号码');
  assert.ok(await wrong.evaluate((element) => element === document.activeElement), 'the summary does not lead to its field');
  assert.equal(await wrong.getAttribute('aria-invalid'), 'true');

  await wrong.fill(contact.idNumber);
  await step.answer(stage, /^同意 企业用户注册/, '同意');
  await step.answer(stage, /^单独同意 企业用户注册/, '同意');
  await step.press(stage, '提交注册');
  await step.arrive(stage, '输入验证码');
  await page.getByRole('status').getByText('注册已完成').waitFor();
  await step.enterCode(stage);
  await stage.look('home');
});
