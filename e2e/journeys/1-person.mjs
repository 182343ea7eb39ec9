// Somebody new: registers, logs in, keeps the face to themselves, and sees where they stand.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

journey('a person registers, refuses the face and takes the other way', async (stage) => {
  const { page } = stage;
  const person = step.newPerson();

  await step.open(stage, '/');
  await step.arrive(stage, 'E化服务平台');
  await stage.look('start');
  await step.follow(stage, '个人注册');
  await step.arrive(stage, '个人注册');
  assert.equal(await page.getByRole('radio', { checked: true }).count(), 0, 'something is chosen beforehand');
  await stage.look('form');

  await step.fillPerson(stage, person);
  await step.answer(stage, /^同意 用户注册/, '同意');
  stage.tolerates(/status of 422/);
  await step.press(stage, '提交注册');
  const problems = page.getByRole('alert');
  await problems.getByRole('link', { name: /身份证件/ }).waitFor();
  assert.equal(await step.field(stage, '证件号码').inputValue(), person.idNumber);
  assert.equal(await page.getByRole('group', { name: /^单独同意/ }).getByRole('radio', { checked: true }).count(), 0);
  await stage.look('unanswered');

  await step.answer(stage, /^同意 用户注册/, '同意');
  await step.answer(stage, /^单独同意 用户注册/, '同意');
  await step.press(stage, '提交注册');
  await step.arrive(stage, '输入验证码');
  await stage.look('code');
  await step.enterCode(stage);
  await step.arrive(stage, '您好');
  await stage.look('home');

  await step.follow(stage, '人脸识别');
  await step.arrive(stage, '人脸识别');
  const answers = await page.getByRole('form', { name: '请选择' }).getByRole('button').all();
  assert.equal(answers.length, 3);
  const boxes = await Promise.all(answers.map((button) => button.boundingBox()));
  assert.equal(new Set(boxes.map(({ width, height }) => `${Math.round(width)}×${Math.round(height)}`)).size, 1, 'the answers do not weigh the same');
  await stage.look('face');
  await step.press(stage, '不同意，改用其他方式');
  await step.arrive(stage, '不用人脸的方式');
  await stage.look('other way');
  await page.getByRole('group', { name: '用哪种方式' }).getByLabel('柜面核验').check();
  await step.press(stage, '用这种方式继续');
  await step.arrive(stage, '您好');
  await page.getByRole('status').getByText('已完成').waitFor();
  await stage.look('home after the other way');
});

journey('what is not needed can be refused, and a refusal closes nothing else', async (stage) => {
  const { page } = stage;
  await step.registerPerson(stage);
  const open = () => page.getByText('可用', { exact: true }).count();
  const before = await open();
  await step.card(stage, '数据分析和研究').getByRole('link', { name: '看说明，再决定' }).click();
  await step.arrive(stage, '数据分析和研究');
  await stage.look('analysis');
  await step.answer(stage, /^同意 数据分析和研究/, '不同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '您好');
  await step.card(stage, '数据分析和研究').getByText('暂不可用').waitFor();
  assert.equal(await open(), before);
  assert.doesNotMatch(await page.getByRole('main').innerText(), /[a-z]+-missing/, 'a code of the program is shown to a customer');
  await stage.look('home');
});

journey('a person whose identity is not known sees no policy that a system handed in, and is told the way', async (stage) => {
  const { page } = stage;
  await step.registerPerson(stage);
  await step.card(stage, '保单查询').getByRole('link', { name: '看说明，再决定' }).click();
  await step.arrive(stage, '保单查询');
  await step.answer(stage, '同意 保单查询', '同意');
  await step.press(stage, '提交');
  await step.open(stage, '/home');
  await step.card(stage, '保单查询').getByText('须先核验身份').waitFor();
  await stage.look('home');
  stage.tolerates(/status of 403/);
  await step.open(stage, '/records?function=query-policy');
  await step.arrive(stage, '这次操作没有执行');
  await stage.look('refused');
  await page.getByText('须先核验身份').waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /identity-unverified/, 'a code of the program is shown to a customer');
}, { widths: [390] });

journey('a person whose identity is known queries a policy', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.INSURED);
  await step.card(stage, '保单查询').getByText('可用', { exact: true }).waitFor();
  await step.follow(stage, '保单查询');
  await step.arrive(stage, '保单查询');
  await stage.look('policies');
  await step.entry(stage, '保单').getByRole('link').click();
  await step.arrive(stage, '保单');
  await page.getByRole('heading', { name: '投保人' }).waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /990101198604123245|6222009900000019/, 'a number is shown in the clear');
  await stage.look('policy');
});
