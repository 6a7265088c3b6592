/**
 * The sample deck: twenty questions, each checked by hand against a dictionary. Every choice has one right option, and
 * distractors that are near it in sound, spelling or field but wrong beyond doubt.
 */
export interface SampleQuestion {
  type: 'choice' | 'typed'
  prompt: string
  options?: readonly string[]
  answer: string
  /** More right answers, beside `answer`. */
  accept?: readonly string[]
  time_limit_ms: number
}

const CHOICE_MS = 20_000
const TYPED_MS = 30_000

const choice = (prompt: string, answer: string, options: readonly string[]): SampleQuestion => ({
  type: 'choice',
  prompt,
  options,
  answer,
  time_limit_ms: CHOICE_MS,
})
const typed = (prompt: string, answer: string, accept: readonly string[] = []): SampleQuestion => ({
  type: 'typed',
  prompt,
  answer,
  ...(accept.length > 0 && { accept }),
  time_limit_ms: TYPED_MS,
})

export const SAMPLE_DECK: { title: string; questions: readonly SampleQuestion[] } = {
  title: 'Wonderful words',
  questions: [
    choice('What does “ephemeral” mean?', 'lasting only a very short time', [
      'happening once a year',
      'lasting only a very short time',
      'hidden from view',
      'too heavy to lift',
    ]),
    choice('Which word describes someone who talks a great deal?', 'garrulous', [
      'taciturn',
      'gullible',
      'frugal',
      'garrulous',
    ]),
    typed('Which single word means a period of ten years?', 'decade', ['decennium']),
    choice('What is the opposite of “scarce”?', 'abundant', ['abundant', 'sparse', 'scattered', 'scary']),
    choice('Which word names a group of lions?', 'pride', ['pack', 'herd', 'pride', 'swarm']),
    typed('Complete the proverb: “Don’t judge a ____ by its cover.”', 'book'),
    choice('What does “serendipity” mean?', 'finding something good by chance', [
      'a feeling of deep calm',
      'strict obedience to rules',
      'a long and sad poem',
      'finding something good by chance',
    ]),
    choice('Which spelling is right?', 'accommodate', ['accomodate', 'accommodate', 'acommodate', 'acomodate']),
    typed('Which animal’s name comes from the Greek for “river horse”?', 'hippopotamus', ['hippo']),
    choice('What does “ubiquitous” mean?', 'found everywhere', [
      'found everywhere',
      'eager to fight',
      'using both hands equally well',
      'impossible to explain',
    ]),
    typed('Give the plural of “ox”.', 'oxen'),
    choice('Which word means a remedy against a poison?', 'antidote', ['anecdote', 'antelope', 'antidote', 'antique']),
    choice('Someone who is “frugal” is …', 'careful with money', [
      'fond of fruit',
      'careful with money',
      'easily frightened',
      'full of energy',
    ]),
    typed('Rearrange the letters of “listen” into a word that means “making no sound”.', 'silent'),
    choice('Where does the word “robot” come from?', 'a Czech word for forced labour', [
      'a Latin word for a wheel',
      'a Greek word for iron',
      'the name of its inventor',
      'a Czech word for forced labour',
    ]),
    typed('Give the past tense of the verb “to teach”.', 'taught'),
    choice('What is the opposite of “to conceal”?', 'to reveal', ['to reveal', 'to congeal', 'to cancel', 'to repeat']),
    typed('What do we call a word that reads the same forwards and backwards, like “level”?', 'palindrome'),
    choice('What does “to procrastinate” mean?', 'to put things off until later', [
      'to foretell the future',
      'to argue for an idea',
      'to put things off until later',
      'to praise too much',
    ]),
    typed('Which word for a giant sea wave is Japanese for “harbour wave”?', 'tsunami'),
  ],
}
