//! Work on a request that goes on when its connection is gone.
//!
//! hyper drops a request's future as soon as the peer has closed the connection, although the whole request may have arrived: a handler
//! that answers and ends at once would have answered in vain.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// A future that may be finished in a task of its own when it is dropped before its end.
pub(crate) struct Persist<T: Send + 'static> {
    work: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    tasks: Option<TaskTracker>,
}

impl<T: Send + 'static> Persist<T> {
    /// With `tasks`, which then know of it, the work goes on.
    pub(crate) fn new(
        work: impl Future<Output = T> + Send + 'static,
        tasks: Option<TaskTracker>,
    ) -> Self {
        Self {
            work: Some(Box::pin(work)),
            tasks,
        }
    }
}

impl<T: Send + 'static> Future for Persist<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.work else {
            return Poll::Pending;
        };
        let result = work.as_mut().poll(context);
        if result.is_ready() {
            self.work = None;
        }
        result
    }
}

impl<T: Send + 'static> Drop for Persist<T> {
    fn drop(&mut self) {
        // Without a runtime, everything ends.
        if let (Some(work), Some(tasks)) = (self.work.take(), &self.tasks)
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(tasks.track_future(work));
        }
    }
}
