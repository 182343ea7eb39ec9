// An identity card is photographed and read: what stands on it fills in the form, and is kept no sooner than that is sent.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

/** A picture of a card with what stands on the person's own. */
async function cardOf(stage, person) {
  const drawing = await stage.page.context().browser().newPage({ viewport: { width: 900, height: 560 } });
  const [year, month, day] = person.birth.split('-').map(Number);
  const lines = [
    `姓名 ${person.name}`,
    `性别 ${person.sex}  民族 汉`,
    `出生 ${year} 年 ${month} 月 ${day} 日`,
    '住址 示例省示例市示例区示例路26号',
    '',
    `公民身份号码 ${person.idNumber}`,
  ];
  await drawing.setContent(`<pre style="margin:50px;font:34px/58px 'Noto Sans CJK SC'">${lines.join('\n')}</pre>`);
  const buffer = await drawing.screenshot();
  await drawing.close();
  return { name: 'IMG_0001.PNG', mimeType: 'image/png', buffer };
}

async function agree(stage) {
  for (const group of await stage.page.getByRole('main').getByRole('group', { name: /同意/ }).all()) {
    await group.getByLabel('同意', { exact: true }).check();
  }
}

for (const script of [true, false]) {
  journey(`a card is read and what stands on it is suggested${script ? '' : ' without script'}`, async (stage) => {
    const { page } = stage;
    const person = step.newPerson();
    await step.registerPerson(stage, person);
    const card = await cardOf(stage, person);
    await step.open(stage, '/functions/policy-service');
    await step.arrive(stage, '保单相关业务办理');
    await stage.look('form');

    // Without the consents nothing is read, and what was typed stays.
    stage.tolerates(/status of 422/);
    await step.field(stage, '邮箱').fill('wen@shili.example');
    await page.getByLabel('证件或银行卡照片').setInputFiles(card);
    await step.press(stage, '识别');
    await page.getByRole('alert').getByText('请选择“同意”或“不同意”').first().waitFor();
    assert.equal(await step.field(stage, '邮箱').inputValue(), 'wen@shili.example');

    await agree(stage);
    await page.getByLabel('证件或银行卡照片').setInputFiles(card);
    await step.press(stage, '识别');
    await page.getByRole('status').getByText(/^提示认出/).waitFor();
    assert.equal(await page.getByLabel(/^证件号码/).inputValue(), person.idNumber);
    assert.equal(await page.getByLabel(/^出生日期/).inputValue(), person.birth);
    assert.equal(await page.getByText('识别所得，请核对').count(), 5);
    assert.equal(await step.field(stage, '邮箱').inputValue(), 'wen@shili.example');
    await stage.look('read');

    // The look has a receipt, and nothing else is left of it.
    await step.open(stage, '/receipts');
    await page.getByRole('main').getByText(/提交信息：保单相关业务办理/).first().waitFor();
    await step.open(stage, '/functions/policy-service');
    assert.equal(await page.getByLabel(/^证件号码/).inputValue(), '');
  }, { script, widths: script ? undefined : [390] });
}
