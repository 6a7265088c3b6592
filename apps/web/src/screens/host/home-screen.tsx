/** `/host`: the quizzes that go on or went by, and the decks to make more of them. */
import type { Quiz } from '@quizboard/shared/contracts/rest.ts'
import { useState } from 'react'
import { Link } from 'wouter'
import type { DeckSummary } from '../../api/host.ts'
import { Button, buttonClass } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Icon } from '../../components/icon.tsx'
import { OptionBadge } from '../../components/option-badge.tsx'
import { Heading, useTitle } from '../../components/screen.tsx'
import { useToasts } from '../../components/toasts.tsx'
import { LoadTrouble, Skeletons } from '../../components/trouble.tsx'
import { useHost } from '../../host/host-context.tsx'
import { plural } from '../../lib/text.ts'
import { usePages } from '../../lib/use-pages.ts'
import { HostPage } from './host-page.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { StartDialog } from './start-dialog.tsx'

type Open =
  | { dialog: 'none' }
  | { dialog: 'import' }
  | { dialog: 'start'; deck: DeckSummary }
  | { dialog: 'delete'; deck: DeckSummary }

export const HomeScreen = () => {
  const { api } = useHost()
  const decks = usePages((after) => api.decks(after).then(({ decks: items, next }) => ({ items, next })), [api])
  const quizzes = usePages((after) => api.quizzes(after).then(({ quizzes: items, next }) => ({ items, next })), [api])
  const [open, setOpen] = useState<Open>({ dialog: 'none' })
  const close = () => setOpen({ dialog: 'none' })
  useTitle('Decks and quizzes')

  if (decks.error) {
    return (
      <HostPage>
        <LoadTrouble error={decks.error} retry={decks.reload} />
      </HostPage>
    )
  }
  return (
    <HostPage>
      <div className="stack home">
        <div className="row spread">
          <Heading about="home">Your decks</Heading>
          <div className="row">
            <Button icon="upload" onClick={() => setOpen({ dialog: 'import' })}>
              Import CSV
            </Button>
            <Link href="/host/decks/new" className={buttonClass({ kind: 'primary' })}>
              <Icon name="plus" /> New deck
            </Link>
          </div>
        </div>
        {!decks.items ? (
          <Skeletons heights={[96, 96, 96]} />
        ) : decks.items.length === 0 ? (
          <NoDecks onImport={() => setOpen({ dialog: 'import' })} />
        ) : (
          <ul className="deck-list">
            {decks.items.map((deck, index) => (
              <DeckCard key={deck.deck_id} deck={deck} hue={index % 8} onOpen={setOpen} />
            ))}
          </ul>
        )}
        {decks.more && <Button onClick={decks.more}>Show more decks</Button>}
        <Quizzes quizzes={quizzes.items} error={quizzes.error} retry={quizzes.reload} more={quizzes.more} />
      </div>
      {open.dialog === 'import' && <ImportDialog onClose={close} />}
      {open.dialog === 'start' && <StartDialog deck={open.deck} onClose={close} />}
      {open.dialog === 'delete' && <DeleteDialog deck={open.deck} onClose={close} onDeleted={decks.reload} />}
    </HostPage>
  )
}

const NoDecks = ({ onImport }: { onImport: () => void }) => (
  <div className="empty">
    <div className="bobbing" aria-hidden="true">
      {[0, 2, 5].map((index) => (
        <span className={`hue-${index}`} key={index}>
          <OptionBadge index={index} />
        </span>
      ))}
    </div>
    <h2>Your first deck</h2>
    <p>
      A deck is a list of questions that you can run again and again. Write a few by hand, or bring a word list as CSV.
    </p>
    <div className="row">
      <Link href="/host/decks/new" className={buttonClass({ kind: 'primary' })}>
        Write a deck
      </Link>
      <Button onClick={onImport}>Import CSV</Button>
    </div>
  </div>
)

const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })

const DeckCard = ({ deck, hue, onOpen }: { deck: DeckSummary; hue: number; onOpen: (open: Open) => void }) => (
  <li className={`deck hue-${hue}`}>
    <div className="deck-cover" aria-hidden="true">
      <OptionBadge index={hue} />
    </div>
    <div className="deck-text">
      <h2 dir="auto">{deck.title}</h2>
      <p className="small soft">
        {plural(deck.question_count, 'question')} · changed {date.format(new Date(deck.updated_at))}
      </p>
    </div>
    <div className="row deck-actions">
      <Link
        href={`/host/decks/${encodeURIComponent(deck.deck_id)}`}
        className={buttonClass({ kind: 'plain' })}
        aria-label={`Edit ${deck.title}`}
      >
        <Icon name="edit" /> Edit
      </Link>
      <Button
        kind="quiet"
        icon="trash"
        aria-label={`Delete ${deck.title}`}
        onClick={() => onOpen({ dialog: 'delete', deck })}
      />
      <Button
        kind="primary"
        icon="play"
        aria-label={`Start a quiz with ${deck.title}`}
        onClick={() => onOpen({ dialog: 'start', deck })}
      >
        Start a quiz
      </Button>
    </div>
  </li>
)

const DeleteDialog = ({
  deck,
  onClose,
  onDeleted,
}: {
  deck: DeckSummary
  onClose: () => void
  onDeleted: () => void
}) => {
  const { api } = useHost()
  const toasts = useToasts()
  const [isBusy, setBusy] = useState(false)
  const remove = async () => {
    setBusy(true)
    try {
      await api.deleteDeck(deck.deck_id)
      toasts.say(`“${deck.title}” is deleted.`)
      onDeleted()
      onClose()
    } catch (error) {
      toasts.fail(error)
      setBusy(false)
    }
  }
  return (
    <Dialog title="Delete this deck?" onClose={onClose}>
      <p>
        “<bdi>{deck.title}</bdi>” and its {plural(deck.question_count, 'question')} will be gone. Quizzes made from it
        stay.
      </p>
      <div className="row">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" icon="trash" busy={isBusy} onClick={remove}>
          Delete the deck
        </Button>
      </div>
    </Dialog>
  )
}

const STATES: Record<Quiz['state'], { text: string; className: string }> = {
  draft: { text: 'Not open yet', className: 'tag' },
  open: { text: 'Lobby open', className: 'tag tag-gold' },
  running: { text: 'Running', className: 'tag tag-live' },
  closed: { text: 'Finished', className: 'tag' },
}

const URGENCY: readonly Quiz['state'][] = ['running', 'open', 'draft', 'closed']

/** What goes on first; otherwise in the server's order. */
const currentFirst = (quizzes: readonly Quiz[]): readonly Quiz[] =>
  quizzes.toSorted((one, other) => URGENCY.indexOf(one.state) - URGENCY.indexOf(other.state))

interface QuizzesProps {
  quizzes: readonly Quiz[] | undefined
  error: unknown
  retry: () => void
  more: (() => void) | undefined
}

const Quizzes = ({ quizzes, error, retry, more }: QuizzesProps) => (
  <section className="stack" aria-labelledby="quizzes-title">
    <h2 id="quizzes-title">Quizzes</h2>
    {error ? (
      <LoadTrouble error={error} retry={retry} />
    ) : !quizzes ? (
      <Skeletons heights={[64, 64]} />
    ) : quizzes.length === 0 ? (
      <p className="soft">None yet. Start one from a deck: its lobby, its run and its results will be listed here.</p>
    ) : (
      <ul className="quiz-list">
        {currentFirst(quizzes).map((quiz) => (
          <li key={quiz.quiz_id} className="quiz-row">
            <Link href={`/host/quizzes/${encodeURIComponent(quiz.quiz_id)}`}>
              <span className="quiz-title" dir="auto">
                {quiz.title}
              </span>
            </Link>
            <span className={STATES[quiz.state].className}>{STATES[quiz.state].text}</span>
            <span className="small soft digits">
              <b>{quiz.quiz_id}</b> · {plural(quiz.players, 'player')}
            </span>
          </li>
        ))}
      </ul>
    )}
    {more && <Button onClick={more}>Show more quizzes</Button>}
  </section>
)
