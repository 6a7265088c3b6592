/** All rules, by group; those of a group are evaluated one after the other, so an alert sees what was recorded before it. */
import { answerRules, balanceRules } from './answers.ts'
import { boardRules } from './boards.ts'
import { operatorRules, processRules } from './processes.ts'
import { type RuleGroup, selectBy } from './rule.ts'

/** `matchers`: see selectBy. */
export const platformGroups = (matchers = ''): RuleGroup[] => {
  const m = selectBy(matchers)
  return [
    { name: 'quizboard-answers', rules: answerRules(m) },
    { name: 'quizboard-balance', rules: balanceRules(m) },
    { name: 'quizboard-boards', rules: boardRules(m) },
    { name: 'quizboard-processes', rules: processRules(m) },
  ]
}

export const operatorGroups = (): RuleGroup[] => [{ name: 'quizboard-operator', rules: operatorRules(selectBy('')) }]
